/** The colours that have a name in CSS. Names outside this list, such as a maker's *Pearl white*, have no swatch. */
const NAMES = new Set(
  `aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue blueviolet brown burlywood
cadetblue chartreuse chocolate coral cornflowerblue cornsilk crimson cyan darkblue darkcyan darkgoldenrod darkgray
darkgreen darkgrey darkkhaki darkmagenta darkolivegreen darkorange darkorchid darkred darksalmon darkseagreen
darkslateblue darkslategray darkslategrey darkturquoise darkviolet deeppink deepskyblue dimgray dimgrey dodgerblue
firebrick floralwhite forestgreen fuchsia gainsboro ghostwhite gold goldenrod gray green greenyellow grey honeydew
hotpink indianred indigo ivory khaki lavender lavenderblush lawngreen lemonchiffon lightblue lightcoral lightcyan
lightgoldenrodyellow lightgray lightgreen lightgrey lightpink lightsalmon lightseagreen lightskyblue lightslategray
lightslategrey lightsteelblue lightyellow lime limegreen linen magenta maroon mediumaquamarine mediumblue mediumorchid
mediumpurple mediumseagreen mediumslateblue mediumspringgreen mediumturquoise mediumvioletred midnightblue mintcream
mistyrose moccasin navajowhite navy oldlace olive olivedrab orange orangered orchid palegoldenrod palegreen
paleturquoise palevioletred papayawhip peachpuff peru pink plum powderblue purple rebeccapurple red rosybrown royalblue
saddlebrown salmon sandybrown seagreen seashell sienna silver skyblue slateblue slategray slategrey snow springgreen
steelblue tan teal thistle tomato turquoise violet wheat white whitesmoke yellow yellowgreen`.split(/\s+/),
);

const HEX = /^#(?:[\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})$/i;
/** `#123` or `#100234` is as likely a ticket as a colour; only a key can tell. */
const DIGITS_ONLY = /^#\d+$/;
const FUNCTION = /^(?:rgb|hsl)a?\(\s*[\d.%]+(?:deg)?(?:(?:\s*,\s*|\s+|\s*\/\s*)[\d.%]+){2,3}\s*\)$/i;

/** The text as a CSS colour if it is one, `undefined` otherwise. A name only counts when the key speaks of colour. */
export function cssColour(text: string, keySpeaksOfColour: boolean): string | undefined {
  if (text.length > 64) return undefined;
  if (HEX.test(text)) return keySpeaksOfColour || !DIGITS_ONLY.test(text) ? text : undefined;
  if (FUNCTION.test(text)) return text;
  return keySpeaksOfColour && NAMES.has(text.toLowerCase()) ? text.toLowerCase() : undefined;
}
