import { type Category, things, words } from './words.ts';

/** The twelve categories. Each has more combinations of words than it has products, so names never repeat. */
export const categories: readonly Category[] = [
  {
    name: 'kitchen',
    brands: words(
      'Annapura, Copperleaf, Rasoi & Co, Tawa House, Kadhai Works, Hearthly, Mirchi, Saffron Lane, ' +
        'Norden, Olivar',
    ),
    qualities: words(
      'Cast Iron, Hammered Copper, Stainless Steel, Acacia Wood, Stoneware, Enamelled, Tri-Ply, ' +
        'Carbon Steel, Bamboo, Ceramic',
    ),
    things: things(
      'Frying Pan 799-4500, Saucepan 699-3900, Stock Pot 1499-6500, Tawa 499-2400, Kadhai 899-4800, ' +
        'Serving Bowl 299-1800, Spice Box 449-2200, Chopping Board 349-2400, Rolling Pin 149-899, ' +
        'Tea Kettle 799-3500, Mixing Bowl Set 999-4200, Salad Servers 199-1200',
    ),
    opening: '{quality} {thing} by {brand}, made to last.',
    sentences: [
      'Heats evenly and is easy to clean.',
      'Goes from stove to table and looks good on both.',
      'Comfortable to hold, even when full.',
      'Tested in a busy family kitchen.',
      'Packed without plastic.',
    ],
  },
  {
    name: 'audio',
    brands: words(
      'Sangeet, Bolt Audio, Northwave, Tabla Labs, Quietude, Resona, Monsoon Sound, Octave, Pulsar, Lyra',
    ),
    qualities: words(
      'Wireless, Noise-Cancelling, Studio, Portable, Hi-Res, Compact, Foldable, Waterproof, Open-Back, ' +
        'Classic',
    ),
    things: things(
      'Headphones 1499-24990, Earbuds 899-17990, Bluetooth Speaker 999-14990, Soundbar 3999-39990, ' +
        'Turntable 6999-44990, Bookshelf Speakers 4999-59990, USB Microphone 1999-15990, Radio 899-6990, ' +
        'Headphone Amplifier 2499-29990, Party Speaker 4499-34990, Sleep Headband 799-3490, ' +
        'Clip Microphone 599-4990',
    ),
    opening: '{quality} {thing} by {brand}, with a warm, clear sound.',
    sentences: [
      'Plays for a whole day between charges.',
      'Tuned by ear, not only by numbers.',
      'Connects to two devices at once.',
      'Spare parts are sold for at least six years.',
      'Comes with a cable, a pouch and a two-year warranty.',
    ],
  },
  {
    name: 'books',
    pattern: '{quality} {thing}, by {brand}',
    brands: words(
      'Meera Nair, Arjun Sen, Leela Krishnan, Tomas Berg, Zoya Khan, Ishaan Roy, Clara Whitmore, ' +
        'Devika Pillai, Kenji Mori, Farah Aziz',
    ),
    qualities: words(
      'The Last, The Forgotten, Beyond the, A Short History of the, The Secret of the, Letters from the, ' +
        'The Quiet, Under the, The Art of the, Return to the',
    ),
    things: things(
      'Monsoon 199-699, Lighthouse 199-799, Orchard 199-699, Railway 249-899, Archive 249-899, ' +
        'Harbour 199-799, Mountain 199-699, Clockmaker 249-799, Spice Route 299-1299, ' +
        'Night Market 199-699, River 199-699, Observatory 299-1199',
    ),
    opening: 'The new book by {brand}, who never writes the same one twice.',
    sentences: [
      'Longlisted for three prizes in its first year.',
      'The kind of book that is finished in one sitting.',
      'Paperback with flaps, printed on recycled paper.',
      'With a foreword and maps.',
      'Carefully researched and a pleasure to read.',
    ],
  },
  {
    name: 'garden',
    brands: words(
      'Greenacre, Mali & Sons, Terrano, Bougain, Fernworks, Rootwell, Tulsi Garden, Wildbed, Marigold, ' +
        'Understory',
    ),
    qualities: words(
      'Terracotta, Galvanised, Self-Watering, Hanging, Hand-Forged, Solar, Foldable, Coir, Recycled, Teak',
    ),
    things: things(
      'Planter 199-2900, Watering Can 349-1999, Trowel 149-899, Pruning Shears 299-2400, ' +
        'Raised Bed 1999-9900, Garden Bench 3999-18900, Bird Feeder 299-1699, Compost Bin 999-5900, ' +
        'Path Lights 499-3900, Garden Hose 599-3400, Seed Tray 149-799, Trellis 399-2900',
    ),
    opening: '{quality} {thing} by {brand}, for balconies, terraces and gardens.',
    sentences: [
      'Stands monsoon rain and summer sun.',
      'At home on a window sill and on a farm.',
      'Made by hand in Tamil Nadu.',
      'Easy to put together, no tools needed.',
      'Gets more beautiful with age.',
    ],
  },
  {
    name: 'sports',
    brands: words(
      'Akhada, Striker, Himadri, Velocity, Sixer, Courtside, Yogsthal, Trailhead, Dhruva, ' + 'Powerplay',
    ),
    qualities: words(
      'Pro, Training, Lightweight, Match, Junior, Grip, Endurance, All-Weather, Competition, ' + 'Beginner',
    ),
    things: things(
      'Cricket Bat 999-12900, Badminton Racket 599-8900, Football 499-3900, Yoga Mat 499-3900, ' +
        'Dumbbell Pair 799-5900, Skipping Rope 149-1299, Tennis Racket 1499-14900, ' +
        'Resistance Bands 299-1999, Cycling Helmet 899-6900, Swimming Goggles 249-2400, Kit Bag 699-4900, ' +
        'Batting Gloves 449-3400',
    ),
    opening: '{quality} {thing} by {brand}, for people who play every week.',
    sentences: [
      'Balanced, tough and a little lighter than last year.',
      'Chosen by three state teams.',
      'Forgives mistakes and rewards practice.',
      'Comes with a carry bag.',
      'Easy to clean and quick to dry.',
    ],
  },
  {
    name: 'toys',
    brands: words(
      'Lattoo, Channapatna Toys, Gilli, Playbarn, Tinker Tree, Bandar, Little Loom, Kite & Co, ' +
        'Pixie Post, Woodkin',
    ),
    qualities: words(
      'Wooden, Magnetic, Giant, Rainbow, Glow-in-the-Dark, Musical, Stacking, Travel, Felt, ' + 'Painted',
    ),
    things: things(
      'Building Blocks 499-3900, Train Set 999-6900, Puzzle 199-1499, Spinning Top 99-499, ' +
        'Doll House 1999-9900, Animal Figures 299-1999, Board Game 399-2900, Marble Run 899-4900, ' +
        'Kite 99-899, Rocking Horse 1999-8900, Story Cards 199-999, Shape Sorter 349-1699',
    ),
    opening: '{quality} {thing} by {brand}, to keep small hands busy.',
    sentences: [
      'Coloured with vegetable dyes.',
      'Grows with the child, from three years on.',
      'No screens, only play.',
      'Made by craftspeople in Karnataka.',
      'Big enough to share.',
    ],
  },
  {
    name: 'clothing',
    brands: words(
      'Khadi Lane, Indigo & Ash, Looma, Dhaga, Coastline, Mulmul, Northfold, Sutra, Plainweave, ' + 'Tarn',
    ),
    qualities: words(
      'Organic Cotton, Linen, Handloom, Merino, Block-Printed, Indigo-Dyed, Chambray, Silk Blend, ' +
        'Corduroy, Hemp',
    ),
    things: things(
      'Kurta 699-4900, Shirt 599-3900, Trousers 899-4500, Saree 1499-18900, Dupatta 399-2900, ' +
        'T-Shirt 299-1999, Jacket 1999-9900, Shawl 899-7900, Dress 999-5900, Scarf 299-2400, ' +
        'Socks (3 Pairs) 249-999, Pyjamas 599-2900',
    ),
    opening: '{quality} {thing} by {brand}, for warm days and long evenings.',
    sentences: [
      'Soft from the first day and softer after each wash.',
      'Woven and sewn in small workshops.',
      'Sizes run true.',
      'Natural dyes; wash separately the first time.',
      'Made to be mended.',
    ],
  },
  {
    name: 'beauty',
    brands: words(
      'Vanya, Haldi House, Neem & Co, Rosewater, Ayur Leaf, Saanjh, Coral Bay, Kumari, ' + 'Petalworks, Zest',
    ),
    qualities: words(
      'Sandalwood, Turmeric, Aloe Vera, Rose, Coconut, Neem, Saffron, Green Tea, Almond, Lavender',
    ),
    things: things(
      'Face Wash 149-799, Body Butter 249-1299, Hair Oil 149-999, Soap Trio 199-899, Lip Balm 99-499, ' +
        'Face Serum 399-2499, Shampoo Bar 199-799, Hand Cream 149-799, Sunscreen 299-1499, ' +
        'Bath Salts 249-999, Clay Mask 249-1299, Perfume Oil 349-2999',
    ),
    opening: '{quality} {thing} by {brand}, for all skin types.',
    sentences: [
      'Free of parabens and never tested on animals.',
      'A little goes a long way.',
      'Smells of a garden after rain.',
      'Comes in packaging that can be refilled.',
      'Mixed in small batches, dated on the lid.',
    ],
  },
  {
    name: 'office',
    brands: words(
      'Deskwell, Kagaz, Inkwell & Quill, Paperboat, Moduline, Clerk & Co, Nibworks, Ordnung, Foliora, ' +
        'Standpoint',
    ),
    qualities: words(
      'Recycled, Leather, Dotted, Ergonomic, Adjustable, Walnut, Minimal, Refillable, Magnetic, ' + 'Felt',
    ),
    things: things(
      'Notebook 149-1299, Fountain Pen 399-6900, Desk Lamp 799-5900, Monitor Stand 899-5900, ' +
        'Desk Organiser 349-2400, Office Chair 5999-34900, Footrest 799-3900, Wall Calendar 199-799, ' +
        'Document Tray 399-1999, Laptop Sleeve 499-2900, Planner 299-1499, Desk Mat 499-2900',
    ),
    opening: '{quality} {thing} by {brand}, to keep the desk calm.',
    sentences: [
      'Built for eight hours a day, five days a week.',
      'For people who think with their hands.',
      'Designed in Bengaluru.',
      'Made to be repaired.',
      'Stays put and asks for nothing.',
    ],
  },
  {
    name: 'grocery',
    brands: words(
      'Coorg Estate, Darjeeling Hill, Konkan, Himalayan Pantry, Malabar, Bazaar Street, Deccan Mills, ' +
        'Kutch, Spice Merchant, Saurashtra',
    ),
    qualities: words(
      'Organic, Single-Estate, Stone-Ground, Wild, Cold-Pressed, Smoked, Sun-Dried, Roasted, Raw, ' +
        'Heritage',
    ),
    things: things(
      'Filter Coffee 500 g 249-1299, Black Tea 250 g 149-1499, Honey 500 g 249-1199, ' +
        'Cashews 500 g 449-1299, Turmeric 200 g 79-399, Black Pepper 200 g 149-699, ' +
        'Basmati Rice 5 kg 499-1499, Mustard Oil 1 l 199-599, Dark Chocolate 99-599, Mango Pickle 129-499, ' +
        'Red Lentils 1 kg 119-349, Millet Flour 1 kg 89-299',
    ),
    opening: '{quality} {thing} by {brand}, from growers we visit every year.',
    sentences: [
      'Packed within a week of harvest.',
      'Nothing added, nothing taken away.',
      'Keeps for nine months in a cool, dry place.',
      'With more taste than you remember.',
      'Good every day, better for guests.',
    ],
  },
  {
    name: 'furniture',
    brands: words(
      'Shilpa House, Lakdi, Oakenfold, Baithak, Studio Jodhpur, Joinery No. 9, Palang, Cane & Co, ' +
        'Varanda, Tall Timber',
    ),
    qualities: words(
      'Sheesham, Mango Wood, Rattan, Solid Oak, Teak, Upholstered, Wrought Iron, Folding, Mid-Century, ' +
        'Cane',
    ),
    things: things(
      'Coffee Table 3999-24900, Bookcase 4999-29900, Armchair 6999-34900, Dining Table 11999-64900, ' +
        'Bedside Table 1999-11900, Bed Frame 12999-69900, Stool 999-5900, Shoe Rack 1499-8900, ' +
        'TV Unit 5999-34900, Writing Desk 5999-32900, Wall Shelf 799-4900, Sofa 17999-99900',
    ),
    opening: '{quality} {thing} by {brand}, made to be handed down.',
    sentences: [
      'Joined, not screwed; oiled, not lacquered.',
      'Delivered in one piece to your room.',
      'No two are quite the same.',
      'Fits small homes without looking small.',
      'Materials from managed forests.',
    ],
  },
  {
    name: 'electronics',
    brands: words(
      'Voltas Labs, Chakra, Nimbus, Indra, Brightloop, Kiran, Silica, Tarang, Ohmworks, Parallax',
    ),
    qualities: words('Fast, Ultra-Slim, Smart, Rugged, Dual-Port, 4K, Wireless, Mini, Braided, Pro'),
    things: things(
      'Charger 399-3900, Power Bank 799-5900, USB-C Hub 999-7900, Webcam 1499-11900, Keyboard 999-12900, ' +
        'Mouse 499-6900, Portable SSD 3999-24900, Router 1499-14900, Monitor 7999-54900, ' +
        'Smart Plug 599-1999, Tablet 8999-59900, Video Doorbell 2999-13900',
    ),
    opening: '{quality} {thing} by {brand}, set up in two minutes.',
    sentences: [
      'Runs cool and without a sound.',
      'Works without an account.',
      'Security updates for at least five years.',
      'Small enough for any desk.',
      'In the box: the cable you need.',
    ],
  },
];
