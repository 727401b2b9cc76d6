/** Version of this program; equals the package's. */
export const VERSION = '0.1.0';
