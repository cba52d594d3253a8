import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { DOES_SOMETHING, UNSEEN_PARTS } from './content.rules.js';
import {
  actsOnOpening,
  objectsIn,
  packedHow,
  packsObjects,
  readingBudget,
  runsSomething,
  TooMuchToRead,
  unpacked,
} from './pdf.rules.js';

const unpack = promisify(inflate);

/** What a policy of a thousand pages needs many times over; together they bound memory and time. */
const MOST_STREAMS = 5000;
const LARGEST_STREAM = 8 * 1024 * 1024;
const MOST_UNPACKED = 32 * 1024 * 1024;

/**
 * Why a PDF is not kept for what is in its objects, the packed ones too; null when nothing speaks against it. What cannot
 * be unpacked and read within the limits is refused rather than believed.
 */
export async function hiddenProblem(bytes: Buffer): Promise<string | null> {
  try {
    return (await doesSomething(bytes)) ? DOES_SOMETHING : null;
  } catch (error) {
    if (error instanceof TooMuchToRead) return UNSEEN_PARTS;
    throw error;
  }
}

async function doesSomething(bytes: Buffer): Promise<boolean> {
  const budget = readingBudget(bytes.length);
  const objects = objectsIn(bytes.toString('latin1'), budget);
  if (objects.some(({ text }) => runsSomething(text))) return true;
  const packed = objects.filter(packsObjects);
  if (packed.length > MOST_STREAMS) throw new TooMuchToRead();
  let left = MOST_UNPACKED;
  for (const object of packed) {
    const most = Math.min(left, LARGEST_STREAM);
    const content = await contentOf(bytes, object.stream ?? 0, packedHow(object), most);
    left -= content.length;
    if (runsSomething(content)) return true;
    objects.push(...unpacked(object, content, budget));
  }
  return actsOnOpening(objects);
}

async function contentOf(
  bytes: Buffer,
  start: number,
  how: ReturnType<typeof packedHow>,
  most: number,
): Promise<string> {
  if (how === null || most <= 0) throw new TooMuchToRead();
  if (how === 'plain') {
    const end = bytes.indexOf('endstream', start);
    if (end === -1 || end - start > most) throw new TooMuchToRead();
    return bytes.toString('latin1', start, end);
  }
  try {
    return (await unpack(bytes.subarray(start), { maxOutputLength: most })).toString('latin1');
  } catch {
    throw new TooMuchToRead();
  }
}
