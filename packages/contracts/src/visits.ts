/** Who came by which way: links of campaigns, and the doors of WeChat that need no link. */
import { type Static, Type } from 'typebox';

export const VisitChannel = Type.Enum([
  'oa_menu',
  'oa_article',
  'moments',
  'community',
  'chat',
  'search',
  'scan',
  'sms',
  'offline',
  'other',
  'direct',
]);
export type VisitChannel = Static<typeof VisitChannel>;

export const linkCodePattern = '^[2-9a-hjkmnp-z]{8}$';
export const NoteVisit = Type.Object(
  {
    /** Of a campaign link; one that is unknown or closed counts by its door. */
    code: Type.Optional(Type.String({ pattern: linkCodePattern })),
    /** WeChat's number of the entry (场景值); absent outside WeChat. */
    scene: Type.Optional(Type.Integer({ minimum: 1000, maximum: 9999 })),
  },
  { additionalProperties: false },
);
export type NoteVisit = Static<typeof NoteVisit>;
