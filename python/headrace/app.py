"""Running a program's `main` after its flags are parsed."""

import sys

from headrace import flags
from headrace.core.public import export

__all__ = ['flags', 'run']


def run(main=None, argv=None):
    """Parses the flags, runs `main`, and exits with what it returned.

    Arguments that look like flags but are defined nowhere are left for `main`.

    Args:
      main: a function of the list of arguments that are no flags, the program's name first; by default the function
        `main` of the program.
      argv: the arguments, the program's name first; by default those of the process.
    """
    main = main or sys.modules['__main__'].main
    try:
        arguments = flags.FLAGS(sys.argv if argv is None else argv, known_only=True)
    except (flags.Error, ValueError) as error:
        sys.stderr.write(f'FATAL Flags parsing error: {error}\nPass --helpshort or --helpfull to see help on flags.\n')
        sys.exit(1)
    sys.exit(main(arguments))


export(globals())
