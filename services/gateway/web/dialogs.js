/**
 * A dialog with a form: `NAME-dialog`, `NAME-form` and `NAME-problem` in the page. It closes when `onSubmit`
 * succeeds and otherwise shows why not.
 */
export function openDialog(name, onSubmit) {
  const dialog = document.querySelector(`#${name}-dialog`);
  const form = document.querySelector(`#${name}-form`);
  const problem = document.querySelector(`#${name}-problem`);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    problem.hidden = true;
    try {
      await onSubmit();
      dialog.close();
    } catch (error) {
      problem.textContent = error.message;
      problem.hidden = false;
    }
  });
  dialog.querySelector('[data-close]').addEventListener('click', () => dialog.close());
  return {
    open() {
      problem.hidden = true;
      dialog.showModal();
    },
    submit: () => form.requestSubmit(),
  };
}
