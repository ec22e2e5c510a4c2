"""What all tests of the frontend find."""

import signal

# Background jobs of a shell ignore Ctrl-C, and so do the programs that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)
