import { landed, type Requirements } from './requirement.js';

const PROVIDERS = 'test/e2e/providers-admin.spec.ts';
const RECORDS = 'test/e2e/records-admin.spec.ts';
const SKILLS = 'test/e2e/skills-upload.spec.ts';

/** Providers, MCP servers, custom tools, skills and channel instances as admins keep them. */
export const MANAGED_RECORDS: Requirements = {
  'R3-providers': landed(
    'providers are kept by REST: test connection, list models, live effect',
    `${PROVIDERS} › are shown without their key, with an ETag, and in pages`,
    `${PROVIDERS} › list their models, or ask the model that is named`,
    `${PROVIDERS} › say what is wrong, without the key, also before they are stored`,
    `${PROVIDERS} › serve an agent from the next call on, with their newest key, until they are deleted`,
    `${PROVIDERS} › hide the one of the configuration, also while they are disabled`,
    `${PROVIDERS} › have their models in models.list`,
    'src/providers/provider-registry.spec.ts › hides a name whose provider of the database is disabled',
  ),
  'R3-providers-replicas': landed(
    'a change of a provider is effective on the next call, also on another replica',
    `${PROVIDERS} › are the same for both, at once`,
  ),
  'R3-provider-keys': landed(
    'a provider key is never returned, logged, or sent to another host; a lost encryption key leaves it unused',
    `${PROVIDERS} › do not send a stored key to another host`,
    'src/providers/admin/provider-input.spec.ts › is broken, and never used as it is stored, when its key is %s',
    'src/providers/admin/provider-input.spec.ts › needs the key again for %j',
    'src/providers/provider-registry.spec.ts › never calls a provider whose key cannot be opened, and says why',
  ),
  'R3-record-edits': landed(
    'records have pages, filters, ETags, PUT and PATCH; two admins do not overwrite each other',
    `${RECORDS} › keeps, shows, changes and deletes, without a secret and without a lost change`,
    `${PROVIDERS} › are changed by who has seen the last version, and keep what is not given`,
    `${SKILLS} › is changed by who has seen the last version of its record`,
  ),
  'R3-record-input': landed(
    'ids that are not ids, unknown columns, huge values and concurrent creation of one name have precise answers',
    `${RECORDS} › knows nothing of %j`,
    `${RECORDS} › refuses what is no column, and what is too large`,
    `${RECORDS} › has a name once, also when many want it at the same time`,
    `${PROVIDERS} › are refused with %s`,
    `${PROVIDERS} › have a name once, also when many want it at the same time`,
  ),
  'R3-record-secrets': landed(
    'MCP keys, headers, variables and channel credentials are sealed, shown as ***, kept by ***',
    `${RECORDS} › keep the secrets that are sent back as ***, and forget those that are left out`,
    'src/permissions/records/sealed-fields.spec.ts › is stored sealed, and cleared by null',
    'src/permissions/records/sealed-fields.spec.ts › keeps the values that are given as ***, and forgets the keys that are not given',
    'src/permissions/records/sealed-fields.spec.ts › is shown as unreadable when another key sealed it, and is never returned as it is stored',
  ),
  'R3-record-audit': landed(
    'every change of a record is in the audit log, without a secret',
    `${RECORDS} › writes every change into the audit log, without a secret`,
  ),
  'R3-mcp-records': landed(
    'MCP servers, grants, requests and their review are records with plain JSON fields',
    `${RECORDS} › are refused with %j`,
    `${RECORDS} › are granted to agents and users, again with other terms, and taken away`,
    `${RECORDS} › are asked for by people for themselves and their agents, and reviewed once`,
  ),
  'R3-custom-tools': landed(
    'custom tools are validated when they are stored: schema, placeholders, names; by admins alone',
    `${RECORDS} › of one agent may have the name of one for all, and are listed by agent`,
    `${RECORDS} › are checked as a whole when a part of them changes`,
    `${RECORDS} › are for admins alone, because they run on the host`,
    'src/tools/custom/command-template.spec.ts › may not be %s',
  ),
  'R3-skills': landed(
    'skills are uploaded, versioned, granted and archived; a package cannot leave its directory or flood the disk',
    `${SKILLS} › is unpacked below the skills directory, and read by slug, id and name`,
    `${SKILLS} › gets the next version when it is uploaded again; the one before stays`,
    `${SKILLS} › gets each version once, when many upload it at the same time`,
    `${SKILLS} › is refused with %s, and nothing of it stays`,
    `${SKILLS} › is refused when it is too large, has another field, or is no form`,
    `${SKILLS} › is given to agents in a version that exists`,
    `${SKILLS} › leaves its slug when it is archived, and its files to the version after`,
    'src/skills/skill-files.spec.ts › places a staged package once, as a whole, and never over another one',
    'src/skills/skill-files.spec.ts › removes what a killed gateway left behind, and nothing that is being filled',
    'src/skills/package/open-package.spec.ts › is refused with %s',
    'src/skills/package/open-package.spec.ts › is refused while it is unpacked, when a file has another size than announced',
  ),
  'R3-skills-visibility': landed(
    'a skill is seen by its owner, by whom it was given to and by admins; publishing needs an admin',
    `${SKILLS} › is seen by its owner, by whom it was given to, and by admins; by everybody once it is public`,
    `${SKILLS} › is read and changed over the socket, by slug, name or id`,
  ),
  'R3-channel-instances': landed(
    'channel instances are validated by type, kept by admins and by who may change their agent, toggled over the socket',
    `${RECORDS} › of a default name stay`,
    `${RECORDS} › are kept by who may change their agent, and nobody else knows of them`,
    `${RECORDS} › are kept over the socket, too, and toggled by name`,
    'src/channels/instances/instance-input.spec.ts › takes its credentials as an object and as JSON text: %j',
    'src/channels/instances/instance-input.spec.ts › of type %s is refused with the credentials %j',
  ),
};
