// Four words that stand for the bytes of an act: the first four bytes of its SHA-256, each one word of a list of 256. Two
// people who look at one act say them over the telephone and know that it is one. They are English in every language, so
// that both sides have the same ones. They tell acts apart; against a node that lies about the sentence they prove
// nothing (docs/security.md).
/* eslint-disable lingui/no-unlocalized-strings -- the same words in every language */
const words = (
  'acorn almond amber anchor apple april apron arrow atlas autumn badge bagel baker ballad bamboo barley basil basket beacon ' +
  'berry birch biscuit blanket bonnet border bottle bottom branch bridge bronze brush bucket butter button cabin cactus camel ' +
  'candle canoe canvas carbon carpet castle cedar cello chalk cherry chess cinema circle citrus clay clock clover coast cobalt ' +
  'coffee comet copper coral corner cotton cradle crane crayon crystal curtain daisy dancer delta desert diamond dinner dollar ' +
  'dolphin donkey dragon drawer eagle easel echo eleven ember emerald engine evening fabric falcon feather fennel ferry fiddle ' +
  'fifty finger flannel flute forest forty fossil fountain galaxy garden garlic geyser ginger glacier goblet granite grape guitar ' +
  'hammer harbour harvest hazel hedge helmet heron hiking hollow honey horizon hundred iceberg igloo indigo island ivory jacket ' +
  'jasmine jersey jigsaw journal juniper kayak kernel kettle kitchen kite ladder lagoon lantern laurel lemon lentil letter lilac ' +
  'linen lizard lobster locket lotus magnet mango maple marble meadow melon mercury mirror mitten monday mosaic mountain museum ' +
  'mustard napkin nectar needle nickel nine nutmeg oak oasis oatmeal ocean october olive onion opal orange orbit orchard otter ' +
  'oyster paddle palace panda paper parrot parsley pasture peach pebble pelican pencil pepper piano pigeon pillow pistachio planet ' +
  'plaza pocket pond poplar potato prairie pumpkin purple quarry quartz quill quilt rabbit radio rainbow raven ribbon river rocket ' +
  'rosemary ruby saddle saffron salmon sandal sapphire saturn scarf seven silver sparrow spiral station stone ' +
  'street sugar summer sunday tailor teapot temple thunder ticket tiger timber tomato tower trumpet tulip tunnel turtle umbrella ' +
  'valley vanilla velvet'
).split(' ');
/* eslint-enable lingui/no-unlocalized-strings */

export async function checkWordsOf(act: Uint8Array<ArrayBuffer>): Promise<string[]> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', act));
  return [...hash.subarray(0, 4)].map((byte) => words[byte]!);
}
