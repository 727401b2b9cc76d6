import { landed, type Requirements } from './requirement.js';

/** Managed mode: secrets are sealed, and the configuration changes over the wire. */
export const MANAGED_SECRETS: Requirements = {
  'R3-secrets-format': landed(
    'AES-256-GCM in the seed’s format, three key forms',
    'src/crypto/secret-box.spec.ts › opens what was sealed by the description of the format, and the other way round',
    'src/crypto/secret-box.spec.ts › opens a text that never changes',
    'src/crypto/secret-box.spec.ts › refuses another key, a changed text and what is no sealed text, each by its reason',
    'src/crypto/secret-box.spec.ts › is 64 hex digits, the base64 of 32 bytes, or 32 bytes',
    'src/crypto/secret-box.spec.ts › of any other form is refused without being told, with how to make one',
  ),
  'R3-secrets-everywhere': landed(
    'every column that holds a secret is sealed, and known to the rotation',
    'test/integration/sealed-secrets.spec.ts › are in columns that are declared: no other one sounds as if it held one',
  ),
  'R3-secrets-key': landed(
    'the key: without one nothing is stored; without a DSN one is made; replicas have the same; a lost one is told',
    'test/e2e/secrets.spec.ts › without a key the gateway starts, and refuses to store a secret, with the remedy',
    'test/e2e/secrets.spec.ts › of a wrong form is refused without being told',
    'test/e2e/secrets.spec.ts › keep a gateway with the old key alone from starting',
    'test/integration/sealed-secrets.spec.ts › without a DSN is made once, for its owner alone, and kept',
    'test/integration/sealed-secrets.spec.ts › may be missing or another one as long as nothing is sealed',
    'test/integration/sealed-secrets.spec.ts › are sealed with one key by all gateways that run',
  ),
  'R3-secrets-rotation': landed(
    'rotation command with progress that can be interrupted and resumed, beside gateways that run',
    'test/e2e/secrets.spec.ts › are sealed anew by a rotation that is killed in its middle, and goes on; gateways run meanwhile',
    'test/e2e/secrets.spec.ts › are not sealed anew with another key than the gateways that run have',
    'test/integration/sealed-secrets.spec.ts › seals everything anew, what is not sealed too, and leaves the second time nothing to do',
    'test/integration/sealed-secrets.spec.ts › that was stopped in the middle leaves every secret readable, and goes on where it was',
    'test/integration/sealed-secrets.spec.ts › never overwrites what a gateway changes meanwhile',
    'test/integration/sealed-secrets.spec.ts › leaves alone what neither key opens, and counts it',
  ),
  'R3-secrets-unseen': landed(
    'secrets of the configuration are never returned, never logged, never in a file',
    'test/e2e/config-wire.spec.ts › shows its secret in no answer, log, file or event',
    'test/integration/live-config.spec.ts › seals secrets, shows none, keeps them at *** and forgets them at null',
    'test/integration/live-config.spec.ts › never writes a secret that somebody put into the file, nor loses it',
    'test/e2e/config-wire.spec.ts › refuses secrets, with the variable that takes them',
  ),
  'R3-config-wire': landed(
    'config.get, apply, patch and schema with base hash; what was applied live and what needs a restart is in the answer',
    'test/e2e/config-wire.spec.ts › is written into the file and in effect, or told to wait for a restart',
    'test/e2e/config-wire.spec.ts › refuses the second of two admins, by ETag and by hash, through any replica',
    'test/e2e/config-wire.spec.ts › names every issue of what cannot be used, and what is missing',
    'test/integration/live-config.spec.ts › is changed for this gateway at once and for the next start, and the file is left alone',
    'test/integration/live-config.spec.ts › lets one of two changes at once win, and never mixes them',
    'test/integration/live-config.spec.ts › says where the environment has the last word',
    'test/integration/live-config.spec.ts › goes back to the default at null, and stays what is read when that is written',
    'test/integration/live-config.spec.ts › has its entry in the audit log, with what was and is',
    'src/config/documents.spec.ts › that is made of two does what they do one after the other',
  ),
  'R3-config-dashboard': landed(
    'of D34: config.patch takes raw or a plain object',
    'test/e2e/config-wire.spec.ts › takes a plain object, as the dashboard sends it, and the whole as it was read',
  ),
  'R3-config-schema': landed(
    'the JSON schema is generated from the config classes',
    'src/app.config.spec.ts › is a valid one that takes the defaults, and the example of the documentation',
    'src/app.config.spec.ts › says what is a secret, which variable wins, what has a default and what needs a restart',
    'src/app.config.spec.ts › that needs a restart is listed in the documentation, and no other one',
    'test/e2e/config-wire.spec.ts › has a schema',
  ),
  'R3-config-live': landed(
    'hot reload from file and RPC; an invalid configuration changes nothing and is told',
    'test/e2e/config-wire.spec.ts › follows the file, unless it cannot be used: then health, the log and config.get say so',
    'test/e2e/config-wire.spec.ts › makes agents of the list and changes of the defaults effective with the next run',
    'test/integration/live-config.spec.ts › takes over what is written into the file, also by a renamed one, and nothing that is wrong',
    'src/scheduler/lane-slots.spec.ts › may be more at once, for those that wait, or fewer as soon as runs end',
  ),
  'R3-config-replicas': landed(
    'a change through one replica is in effect on the others, and after a restart',
    'test/e2e/config-wire.spec.ts › is changed by REST on one and in effect on the other, with its secret sealed and the next run using it',
    'test/e2e/config-wire.spec.ts › is as it was after a restart',
    'test/integration/live-config.spec.ts › that one replica changes is the one of the others, too',
  ),
};
