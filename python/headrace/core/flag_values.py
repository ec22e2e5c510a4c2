"""Flags, and the object that holds and parses them."""

import difflib
import os
import sys
import textwrap

from headrace.core import flag_parsers as parsers

_HELP = ('help', 'helpshort', 'helpfull')


class Flag:
    """One flag: its name, its value and how that is read from text."""

    allow_overwrite = True

    def __init__(self, parser, serializer, name, default, help_string, short_name=None, boolean=False,
                 allow_override=False):
        """Makes a flag with its default value.

        Args:
          parser: an `ArgumentParser`.
          serializer: an `ArgumentSerializer`.
          name: the name, without dashes.
          default: the default value, or a text that stands for it, or None.
          help_string: what the flag is for.
          short_name: a second name, of one letter.
          boolean: whether `--name` and `--noname` set it.
          allow_override: whether a second definition may replace this one.

        Raises:
          IllegalFlagValueError: the parser refuses the default.
        """
        self.name = name
        self.help = help_string or '(no help available)'
        self.short_name = short_name
        self.boolean = boolean
        self.allow_override = allow_override
        self.parser = parser
        self.serializer = serializer
        self.present = 0
        self.using_default_value = True
        self.validators = []
        self.module = None
        self.default = self._parse_default(default)
        self.value = self.default

    def _parse(self, argument):
        try:
            return self.parser.parse(argument)
        except (TypeError, ValueError) as error:
            raise parsers.IllegalFlagValueError(f'flag --{self.name}={argument}: {error}') from error

    def _parse_default(self, value):
        return None if value is None else self._parse(value)

    def parse(self, argument):
        """Sets the value from a text of the command line."""
        if self.present and not self.allow_overwrite:
            raise parsers.IllegalFlagValueError(f'flag --{self.name}={argument}: already defined as {self.value}')
        self.value = self._parse(argument)
        self.present += 1

    def unparse(self):
        """Sets the value back to the default."""
        self.value = self.default
        self.using_default_value = True
        self.present = 0

    def set_default(self, value):
        """Changes the default, and the value where it was not set."""
        self.default = self._parse_default(value)
        if self.using_default_value:
            self.value = self.default

    def serialize(self):
        """The flag as an argument of the command line, or an empty text where it has no value."""
        if self.value is None:
            return ''
        if self.boolean:
            return f'--{"" if self.value else "no"}{self.name}'
        return f'--{self.name}={self.serializer.serialize(self.value)}'

    def flag_type(self):
        """The name of the kind of value."""
        return self.parser.flag_type()

    @property
    def default_as_str(self):
        """The default as the help shows it, or None."""
        if self.default is None:
            return None
        text = str(self.default).lower() if self.boolean else self.serializer.serialize(self.default)
        return repr(text)

    def usage(self):
        """The names of the flag as the help shows them."""
        short = f'-{self.short_name},' if self.short_name else ''
        return f'{short}--{"[no]" if self.boolean else ""}{self.name}'


class BooleanFlag(Flag):
    """A flag that `--name` sets and `--noname` clears."""

    def __init__(self, name, default, help, short_name=None, **args):
        """Makes the flag; see `Flag`."""
        super().__init__(parsers.BooleanParser(), parsers.ArgumentSerializer(), name, default, help, short_name, True,
                         **args)


class EnumFlag(Flag):
    """A flag with one of several texts as its value."""

    def __init__(self, name, default, help, enum_values, short_name=None, case_sensitive=True, **args):
        """Makes the flag; see `Flag` and `EnumParser`."""
        super().__init__(parsers.EnumParser(enum_values, case_sensitive), parsers.ArgumentSerializer(), name, default,
                         help, short_name, **args)
        self.help = f'<{"|".join(enum_values)}>: {self.help}'


class EnumClassFlag(Flag):
    """A flag with a member of an `enum.Enum` as its value."""

    def __init__(self, name, default, help, enum_class, short_name=None, case_sensitive=False, **args):
        """Makes the flag; see `Flag` and `EnumClassParser`."""
        super().__init__(parsers.EnumClassParser(enum_class, case_sensitive), parsers.EnumClassSerializer(), name,
                         default, help, short_name, **args)
        self.help = f'<{"|".join(enum_class.__members__)}>: {self.help}'


class MultiFlag(Flag):
    """A flag that may appear several times: its value is the list of all its values."""

    def __init__(self, *args, **kwargs):
        """Makes the flag; see `Flag`. The default may be one value or a list."""
        super().__init__(*args, **kwargs)
        self.help += '; repeat this option to specify a list of values'

    def _parse(self, argument):
        values = argument if isinstance(argument, (list, tuple)) else [argument]
        return [super(MultiFlag, self)._parse(value) for value in values]

    def parse(self, argument):
        """Adds the value of a text of the command line."""
        self.value = (self.value if self.present else []) + self._parse(argument)
        self.present += 1

    def serialize(self):
        """The flag as arguments of the command line, one a line."""
        return '\n'.join(f'--{self.name}={self.serializer.serialize(value)}' for value in self.value or [])

    @property
    def default_as_str(self):
        """The default as the help shows it, or None."""
        return None if self.default is None else repr(str(self.default))

    def flag_type(self):
        """The name of the kind of value."""
        return f'multi {self.parser.flag_type()}'


class FlagHolder:
    """What a definition returns: one flag of `FlagValues`."""

    def __init__(self, flag_values, flag):
        """Keeps both."""
        self._flag_values = flag_values
        self._name = flag.name

    def __eq__(self, other):
        raise TypeError(f"unsupported operand type(s) for ==: '{type(self).__name__}' and '{type(other).__name__}' "
                        f"(did you mean to use '{type(self).__name__}.value' instead?)")

    __hash__ = None

    def __bool__(self):
        raise TypeError("bool() not supported for instances of type 'FlagHolder' "
                        "(did you mean to use 'FlagHolder.value' instead?)")

    @property
    def name(self):
        """The name of the flag."""
        return self._name

    @property
    def value(self):
        """The value of the flag; arguments are parsed if they were not yet."""
        return getattr(self._flag_values, self._name)

    @property
    def default(self):
        """The default value of the flag."""
        return self._flag_values[self._name].default

    @property
    def present(self):
        """Whether the flag was on the command line."""
        return bool(self._flag_values[self._name].present)


class FlagValues:
    """All flags of a program, with their values as attributes.

    The arguments of the process are parsed when the first value is read, if the object was not called with arguments
    before. `flags['name']` is the `Flag` itself.
    """

    def __init__(self):
        """Makes an empty set of flags."""
        self.__dict__.update(_flags={}, _parsed=False, _validators=[], _key_modules={})
        for name, help_string in (('flagfile', 'Insert flag definitions from the given file into the command line.'),
                                  ('undefok', 'comma-separated list of flag names that may be given although no flag '
                                              'of that name is defined; those with values as --flag=value')):
            flag = Flag(parsers.ArgumentParser(), parsers.ArgumentSerializer(), name, '', help_string)
            flag.module = 'headrace.flags'
            self._flags[name] = flag

    # Definitions ------------------------------------------------------------------------------------------------------

    def add(self, flag, module):
        """Adds a flag.

        Args:
          flag: the `Flag`.
          module: the name of the module that defines it.

        Raises:
          DuplicateFlagError: another flag has one of its names.
          FlagNameConflictsWithMethodError: a method of this class has its name.
          Error: the name is empty or has a space.
        """
        if not isinstance(flag.name, str) or not flag.name:
            raise parsers.Error('Flag name cannot be empty')
        if ' ' in flag.name:
            raise parsers.Error('Flag name cannot contain a space')
        if hasattr(type(self), flag.name):
            raise parsers.FlagNameConflictsWithMethodError(
                f"Cannot define a flag named '{flag.name}'. It conflicts with a method on class 'FlagValues'.")
        flag.module = module
        for name in filter(None, (flag.name, flag.short_name)):
            old = self._flags.get(name)
            if old is not None and not flag.allow_override and not old.allow_override:
                raise parsers.DuplicateFlagError(
                    f"The flag '{name}' is defined twice. First from {old.module}, Second from {module}.  "
                    f'Description from first occurrence: {old.help}')
            self._flags[name] = flag

    def register_validator(self, names, check, message, whole):
        """Adds a rule that values must keep; see `flags.register_validator`."""
        self._validators.append((names, check, message, whole))
        for name in names:
            self[name].validators.append(self._validators[-1])

    def _validate(self, validators):
        broken = []
        for names, check, message, whole in validators:
            values = {name: self[name].value for name in names}
            reason = message
            try:
                kept = check(values) if whole else check(values[names[0]])
            except parsers.ValidationError as error:
                kept, reason = False, str(error)
            if not kept:
                shown = ', '.join(f'{name}={value}' for name, value in values.items())
                broken.append(f'flags {shown}: {reason}' if whole else f'flag --{shown}: {reason}')
        if broken:
            raise parsers.IllegalFlagValueError('\n'.join(broken))

    def validate_all_flags(self):
        """Checks all rules.

        Raises:
          IllegalFlagValueError: a value breaks one.
        """
        self._validate(self._validators)

    # Parsing ----------------------------------------------------------------------------------------------------------

    def __call__(self, argv, known_only=False):
        """Parses arguments.

        Args:
          argv: the arguments, the program's name first.
          known_only: whether arguments that look like flags but are defined nowhere are returned, not refused.

        Returns:
          The program's name and the arguments that are no flags.

        Raises:
          UnrecognizedFlagError: a flag is defined nowhere.
          IllegalFlagValueError: a flag does not take its value.
          Error: a flag lacks its value.
        """
        if isinstance(argv, (str, bytes)):
            raise TypeError('argv should be a tuple/list of strings, not bytes or string.')
        if not argv:
            raise ValueError('argv cannot be an empty list, and must contain the program name as the first element.')
        for flag in self._flags.values():
            if not flag.present:
                flag.unparse()
        unknown, rest = self._parse_arguments(self.read_flags_from_files(argv[1:]), known_only)
        if unknown:
            name, value = unknown[0]
            raise parsers.UnrecognizedFlagError(name, value, difflib.get_close_matches(name, self._flags, 3, 0.7))
        self.mark_as_parsed()
        self.validate_all_flags()
        return [argv[0], *rest]

    def _parse_arguments(self, arguments, known_only):
        """Sets the flags; returns unknown flags as (name, argument) and the arguments that are no flags."""
        unknown, rest, allowed = [], [], set()
        arguments = iter(arguments)
        for argument in arguments:
            if argument == '--':
                rest += ([argument] if known_only else []) + list(arguments)
                break
            if not argument.startswith('-') or argument == '-':
                rest.append(argument)
                continue
            name, equals, value = argument.lstrip('-').partition('=')
            flag, negated = self._find(name)
            if flag is None and name in _HELP:
                self._print_help(name)
            elif flag is None and known_only:
                rest.append(argument)
            elif flag is None:
                unknown.append((name, argument))
            elif flag.boolean:
                if negated and equals:
                    raise ValueError(f'{argument} does not take an argument')
                flag.parse('false' if negated else value if equals else 'true')
                flag.using_default_value = False
            else:
                if not equals:
                    value = next(arguments, None)
                    if value is None:
                        raise parsers.Error(f'Missing value for flag {argument}')
                flag.parse(value)
                flag.using_default_value = False
                if flag.name == 'undefok':
                    allowed.update(part.strip() for part in value.split(','))
        unknown = [(name, argument) for name, argument in unknown
                   if name not in allowed and not (name.startswith('no') and name[2:] in allowed)]
        return unknown, rest

    def _find(self, name):
        """The flag that an argument names, and whether it is negated."""
        if name in self._flags:
            return self._flags[name], False
        positive = self._flags.get(name[2:]) if name.startswith('no') else None
        return (positive, True) if positive is not None and positive.boolean else (None, False)

    def read_flags_from_files(self, argv, force_gnu=True):
        """Replaces `--flagfile=FILE` by the flags in the file, one a line; '#' and '//' begin comments.

        Args:
          argv: arguments without the program's name.
          force_gnu: not used: flags may follow other arguments.

        Returns:
          The arguments.

        Raises:
          CantOpenFlagFileError: a file cannot be read.
        """
        return self._expand(list(argv), ())

    def _expand(self, arguments, open_files):
        result = []
        while arguments:
            argument = arguments.pop(0)
            if argument == '--':
                return result + [argument] + arguments
            name, equals, path = argument.lstrip('-').partition('=')
            if not argument.startswith('-') or name != 'flagfile':
                result.append(argument)
                continue
            if not equals:
                if not arguments:
                    raise parsers.IllegalFlagValueError('--flagfile with no argument')
                path = arguments.pop(0)
            path = os.path.abspath(os.path.expanduser(path.strip()))
            if path in open_files:
                sys.stderr.write(f'Warning: Hit circular flagfile dependency. Ignoring flagfile: {path}\n')
                continue
            result += self._expand(self._lines(path), open_files + (path,))
        return result

    @staticmethod
    def _lines(path):
        try:
            with open(path, encoding='utf-8') as file:
                lines = [line.strip() for line in file]
        except OSError as error:
            raise parsers.CantOpenFlagFileError(f'ERROR:: Unable to open flagfile: {error}') from error
        return [line for line in lines if line and not line.startswith(('#', '//'))]

    def is_parsed(self):
        """Whether arguments were parsed."""
        return self._parsed

    def mark_as_parsed(self):
        """Says that the values are final, so that reading them does not parse the arguments of the process."""
        self.__dict__['_parsed'] = True

    def unparse_flags(self):
        """Sets all values back to the defaults; arguments are parsed again when a value is read."""
        for flag in self._flags.values():
            flag.unparse()
        self.__dict__['_parsed'] = False

    # Values -----------------------------------------------------------------------------------------------------------

    def __getattr__(self, name):
        if name not in self.__dict__.get('_flags', {}):
            raise AttributeError(name)
        if not self._parsed:
            self(sys.argv)
        return self._flags[name].value

    def __setattr__(self, name, value):
        flag = self._flags.get(name)
        if flag is None:
            raise parsers.UnrecognizedFlagError(name, value, difflib.get_close_matches(name, self._flags, 3, 0.7))
        old = flag.value
        flag.value = value
        try:
            self._validate(flag.validators)
        except Exception:
            flag.value = old
            raise
        flag.using_default_value = False

    def __delattr__(self, name):
        if name not in self._flags:
            raise AttributeError(name)
        del self._flags[name]

    def __getitem__(self, name):
        return self._flags[name]

    def __contains__(self, name):
        return name in self._flags

    def __iter__(self):
        return iter(self._flags)

    def __len__(self):
        return len(self._flags)

    def __dir__(self):
        return sorted([*super().__dir__(), *self._flags])

    def set_default(self, name, value):
        """Changes the default of a flag, and its value where that was not set."""
        if name not in self._flags:
            raise parsers.UnrecognizedFlagError(name, value)
        self._flags[name].set_default(value)
        self._validate(self._flags[name].validators)

    def flag_values_dict(self):
        """A dict of all names and values."""
        return {name: flag.value for name, flag in self._flags.items()}

    def flags_by_module_dict(self):
        """A dict from the names of modules to the flags that they define."""
        modules = {}
        for name, flag in self._flags.items():
            if name == flag.name:
                modules.setdefault(flag.module, []).append(flag)
        return modules

    def find_module_defining_flag(self, flagname, default=None):
        """The name of the module that defines a flag."""
        return self._flags[flagname].module if flagname in self._flags else default

    def flags_into_string(self):
        """All flags that have a value as lines of a file for `--flagfile`."""
        lines = [flag.serialize() for _, flags in sorted(self.flags_by_module_dict().items())
                 for flag in sorted(flags, key=lambda flag: flag.name) if flag.name not in ('flagfile', 'undefok')]
        return ''.join(f'{line}\n' for line in lines if line)

    def append_flags_into_file(self, filename):
        """Appends what `flags_into_string` returns to a file."""
        with open(filename, 'a', encoding='utf-8') as file:
            file.write(self.flags_into_string())

    # Help -------------------------------------------------------------------------------------------------------------

    def declare_key_flag(self, name, module):
        """Shows a flag of another module in a module's short help; see `flags.declare_key_flag`."""
        self._key_modules.setdefault(module, []).append(self[name])

    def get_key_flags_for_module(self, module):
        """The flags that a module defines or has declared its own, by name."""
        flags = self.flags_by_module_dict().get(module, []) + self._key_modules.get(module, [])
        return sorted(set(flags), key=lambda flag: flag.name)

    def module_help(self, module):
        """The help on the flags of one module, or an empty text where there are none."""
        flags = self.get_key_flags_for_module(module)
        return f'\n{module}:\n' + ''.join(map(_help, flags)) if flags else ''

    def main_module_help(self):
        """The help on the flags of the program itself."""
        return self.module_help(sys.argv[0])

    def get_help(self, prefix='', include_special_flags=True):
        """The help on all flags."""
        modules = sorted(self.flags_by_module_dict(), key=lambda module: (module != sys.argv[0], module))
        text = '\n'.join(self.module_help(module) for module in modules
                         if include_special_flags or module != 'headrace.flags')
        return textwrap.indent(text, prefix)

    def __str__(self):
        return self.get_help()

    def _print_help(self, name):
        """Prints the help and ends the program."""
        main = sys.modules['__main__']
        usage = (main.__doc__ or f'\n       USAGE: {sys.argv[0]} [flags]').replace('%s', sys.argv[0]).rstrip()
        if name == 'helpfull':
            text = self.get_help()
        else:
            text = f'{self.main_module_help()}\nTry --helpfull to get a list of all flags.'
        print(f'{usage}\nflags:\n{text}')
        sys.exit(1)


def _help(flag):
    """The lines of help on a flag."""
    notes = [flag.default_as_str and f'(default: {flag.default_as_str})',
             flag.parser.syntactic_help and f'({flag.parser.syntactic_help})']
    lines = textwrap.wrap(f'{flag.usage()}: {flag.help}', 80, initial_indent='  ', subsequent_indent='    ')
    return '\n'.join(lines + [f'    {note}' for note in notes if note]) + '\n'
