import { Notifications } from './notifications.js';

/** There is nobody to talk to. */
export class NoNotifications extends Notifications {
  override publish(): void {
    // Nobody is there to hear it.
  }

  override subscribe(): () => void {
    return () => undefined;
  }

  override onGap(): () => void {
    return () => undefined;
  }
}
