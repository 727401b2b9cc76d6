import { Notifications } from './notifications.js';

/** There is nobody to talk to. */
export class NoNotifications extends Notifications {
  override publish(): void {
    // Nobody is there to hear it.
  }

  override publishWith(): Promise<void> {
    return Promise.resolve();
  }

  override subscribe(): () => void {
    return () => undefined;
  }

  override onGap(): () => void {
    return () => undefined;
  }
}
