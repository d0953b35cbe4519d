const INITIALIZING = 'Widget initializing error';
const MISSING = 'Mandatory field missing';

/** Names by code; the table of the site guide is this one. The codes up to 1199 are those that sites of other live chats know; 12xx are Beckon's. */
export const NAMES: { [code: number]: string } = {
  1001: MISSING,
  1011: INITIALIZING,
  1012: INITIALIZING,
  1031: 'Widget visibility error',
  1198: 'Connection issue',
  1201: MISSING,
  1202: 'Field in wrong type',
  1203: 'Limit exceeded',
  1204: 'Unknown strategy',
  1205: 'Request refused',
  1206: 'Not available yet',
  1207: 'Unknown command',
  1208: 'Unknown theme',
  1210: 'Frame blocked',
  1211: 'Public address',
};
