/** Longitude and latitude, in degrees (WGS 84). */
export type Position = [longitude: number, latitude: number];

/** An area as a picture needs it: rings of which every second one inside another is a hole. */
export interface Outline {
  name: string;
  rings: Position[][];
}
