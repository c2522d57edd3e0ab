/** Whether there is a console, its page and what it asks: everywhere but in production. */
export const isConsoleOn = (): boolean => process.env.NODE_ENV !== 'production';
