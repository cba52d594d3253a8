import { PERMISSIONS } from '../../src/permissions/permission.table.js';
import { ROLES } from '../../src/platform/actor/actor.types.js';

/** The permission table as the README shows it. */
export function permissionMarkdown(): string {
  const heading = ['action', ...ROLES.map((role) => role.replaceAll('_', ' '))];
  const rows = Object.entries(PERMISSIONS).map(([action, reaches]) => [
    `\`${action}\``,
    ...reaches.map((reach) => (reach === 'none' ? '' : reach)),
  ]);
  return [heading, heading.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
