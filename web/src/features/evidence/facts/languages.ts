// The languages that can be said to be in an exhibit; their names come from the browser.
export const languageCodes = [
  'am', 'ar', 'az', 'be', 'bg', 'bn', 'bs', 'cs', 'da', 'de', 'el', 'en', 'es', 'et', 'fa', 'fi', 'fr', 'ha', 'he', 'hi', 'hr', 'hu', 'hy',
  'id', 'ig', 'it', 'ja', 'ka', 'kk', 'km', 'ko', 'ku', 'ky', 'lo', 'lt', 'lv', 'mk', 'mn', 'ms', 'my', 'ne', 'nl', 'no', 'om', 'pa', 'pl',
  'ps', 'pt', 'ro', 'rom', 'ru', 'rw', 'si', 'sk', 'sl', 'so', 'sq', 'sr', 'sv', 'sw', 'ta', 'te', 'tg', 'th', 'ti', 'tk', 'tl', 'tr', 'uk',
  'ur', 'uz', 'vi', 'wo', 'yo', 'zh',
] as const;
