/**
 * Nothing leaves but through a proxy: each conversation has its own, and what belongs to none goes nowhere. Names are
 * never resolved by the browser itself, so a connection past a proxy would find no address.
 */
const THROUGH_PROXIES_ONLY = [
  '--proxy-server=http://127.0.0.1:9',
  '--proxy-bypass-list=<-loopback>',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  '--disable-quic',
  '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
];

/** A browser without an owner: it asks nobody, remembers nothing, and calls no service of its maker. */
const UNATTENDED = [
  '--disable-gpu',
  '--hide-scrollbars',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-extensions',
  '--disable-sync',
  '--disable-breakpad',
  '--disable-crash-reporter',
  '--disable-client-side-phishing-detection',
  '--disable-domain-reliability',
  '--disable-dev-shm-usage',
  '--disable-notifications',
  '--disable-speech-api',
  '--deny-permission-prompts',
  '--metrics-recording-only',
  '--mute-audio',
  '--no-pings',
  '--no-service-autorun',
  '--password-store=basic',
  '--use-mock-keychain',
  '--disable-features=MediaRouter,DialMediaRouteProvider,OptimizationHints,Translate,WebBluetooth,WebUsb,AcceptCHFrame,GlobalMediaControls',
];

/** Pages that are not in front load and answer as those that are: an agent reads them all the same. */
const ALL_IN_FRONT = [
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];

/** A page's script may not take more; it is ended then. */
const SCRIPT_HEAP_MAX_MB = 512;

export interface ChromiumTerms {
  readonly profile: string;
  readonly headless: boolean;
  /** Whether the browser shuts its pages in by the kernel's means. */
  readonly sandbox: boolean;
}

export function chromiumFlags({ profile, headless, sandbox }: ChromiumTerms): readonly string[] {
  return [
    '--remote-debugging-pipe',
    `--user-data-dir=${profile}`,
    ...(headless ? ['--headless=new'] : []),
    ...(sandbox ? [] : ['--no-sandbox']),
    `--js-flags=--max-old-space-size=${SCRIPT_HEAP_MAX_MB}`,
    ...THROUGH_PROXIES_ONLY,
    ...UNATTENDED,
    ...ALL_IN_FRONT,
    'about:blank',
  ];
}
