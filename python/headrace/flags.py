"""Flags: options of the command line with names, types and defaults, defined where they are used.

    tf.flags.DEFINE_float('learning_rate', 0.01, 'How far each step goes.')
    FLAGS = tf.flags.FLAGS
    ... FLAGS.learning_rate ...

Arguments are parsed by `tf.app.run`, or when the first value is read.
"""

import functools
import sys

from headrace.core.flag_parsers import (ArgumentParser, ArgumentSerializer, BaseListParser, BooleanParser,
                                        CantOpenFlagFileError, CsvListSerializer, DuplicateFlagError,
                                        EnumClassListSerializer, EnumClassParser, EnumClassSerializer, EnumParser,
                                        Error, FlagNameConflictsWithMethodError, FloatParser, IllegalFlagValueError,
                                        IntegerParser, ListParser, ListSerializer, UnparsedFlagAccessError,
                                        UnrecognizedFlagError, ValidationError, WhitespaceSeparatedListParser)
from headrace.core.flag_values import (BooleanFlag, EnumClassFlag, EnumFlag, Flag, FlagHolder, FlagValues, MultiFlag)
from headrace.core.public import export

__all__ = ['ArgumentParser', 'ArgumentSerializer', 'BaseListParser', 'BooleanFlag', 'BooleanParser',
           'CantOpenFlagFileError', 'CsvListSerializer', 'DEFINE', 'DEFINE_alias', 'DEFINE_bool', 'DEFINE_boolean',
           'DEFINE_enum', 'DEFINE_enum_class', 'DEFINE_flag', 'DEFINE_float', 'DEFINE_integer', 'DEFINE_list',
           'DEFINE_multi', 'DEFINE_multi_enum', 'DEFINE_multi_enum_class', 'DEFINE_multi_float',
           'DEFINE_multi_integer', 'DEFINE_multi_string', 'DEFINE_spaceseplist', 'DEFINE_string',
           'DuplicateFlagError', 'EnumClassFlag', 'EnumClassListSerializer', 'EnumClassParser', 'EnumClassSerializer',
           'EnumFlag', 'EnumParser', 'Error', 'FLAGS', 'Flag', 'FlagHolder', 'FlagNameConflictsWithMethodError',
           'FlagValues', 'FloatParser', 'IllegalFlagValueError', 'IntegerParser', 'ListParser', 'ListSerializer',
           'MultiFlag', 'UnparsedFlagAccessError', 'UnrecognizedFlagError', 'ValidationError',
           'WhitespaceSeparatedListParser', 'adopt_module_key_flags', 'declare_key_flag',
           'mark_bool_flags_as_mutual_exclusive', 'mark_flag_as_required', 'mark_flags_as_mutual_exclusive',
           'mark_flags_as_required', 'multi_flags_validator', 'register_multi_flags_validator', 'register_validator',
           'set_default', 'validator']

FLAGS = FlagValues()

_RENAMED = {'flag_name': 'name', 'default_value': 'default', 'docstring': 'help'}


def _calling_module():
    """The name of the module outside this one that is being run; the program itself goes by its path."""
    frame = sys._getframe(1)
    while frame.f_globals.get('__name__') == __name__:
        frame = frame.f_back
    name = frame.f_globals.get('__name__')
    return sys.argv[0] if name in (None, '__main__') else name


def _renames_arguments(define):
    """Lets a definition take the arguments' names of early TensorFlow, too."""

    @functools.wraps(define)
    def wrapper(*args, **kwargs):
        if any(name in kwargs for name in _RENAMED):
            from headrace import logging

            logging.warning('Use of the keyword argument names (flag_name, default_value, docstring) is deprecated, '
                            'please use (name, default, help) instead.')
            kwargs = {_RENAMED.get(name, name): value for name, value in kwargs.items()}
        return define(*args, **kwargs)

    return wrapper


def DEFINE_flag(flag, flag_values=FLAGS, module_name=None, required=False):
    """Adds a flag.

    Args:
      flag: a `Flag`.
      flag_values: where to add it.
      module_name: the module that defines it; by default the caller's.
      required: whether the command line must give it a value.

    Returns:
      A `FlagHolder`.

    Raises:
      DuplicateFlagError: another flag has one of its names.
    """
    flag_values.add(flag, module_name or _calling_module())
    if required:
        mark_flag_as_required(flag.name, flag_values)
    return FlagHolder(flag_values, flag)


def DEFINE(parser, name, default, help, flag_values=FLAGS, serializer=None, module_name=None, required=False, **args):
    """Defines a flag with a parser of its own.

    Args:
      parser: an `ArgumentParser`.
      name: the name, without dashes.
      default: the default value, or None.
      help: what the flag is for.
      flag_values: where to add it.
      serializer: an `ArgumentSerializer`.
      module_name: the module that defines it; by default the caller's.
      required: whether the command line must give it a value.
      **args: `short_name`, `allow_override`.

    Returns:
      A `FlagHolder`.

    Raises:
      IllegalFlagValueError: the parser refuses the default.
      DuplicateFlagError: another flag has this name.
    """
    flag = Flag(parser, serializer or ArgumentSerializer(), name, default, help, **args)
    return DEFINE_flag(flag, flag_values, module_name, required)


@_renames_arguments
def DEFINE_string(name, default, help, flag_values=FLAGS, required=False, **args):
    """Defines a flag that holds any text; see `DEFINE` for the arguments."""
    return DEFINE(ArgumentParser(), name, default, help, flag_values, required=required, **args)


@_renames_arguments
def DEFINE_boolean(name, default, help, flag_values=FLAGS, module_name=None, required=False, **args):
    """Defines a flag that `--name` sets and `--noname` clears; see `DEFINE` for the arguments."""
    return DEFINE_flag(BooleanFlag(name, default, help, **args), flag_values, module_name, required)


DEFINE_bool = DEFINE_boolean


@_renames_arguments
def DEFINE_float(name, default, help, lower_bound=None, upper_bound=None, flag_values=FLAGS, required=False, **args):
    """Defines a flag that holds a float between two bounds; see `DEFINE` for the other arguments."""
    return _define_number(FloatParser(lower_bound, upper_bound), name, default, help, flag_values, required, args)


@_renames_arguments
def DEFINE_integer(name, default, help, lower_bound=None, upper_bound=None, flag_values=FLAGS, required=False, **args):
    """Defines a flag that holds an integer between two bounds; see `DEFINE` for the other arguments."""
    return _define_number(IntegerParser(lower_bound, upper_bound), name, default, help, flag_values, required, args)


def _define_number(parser, name, default, help, flag_values, required, args):
    holder = DEFINE(parser, name, default, help, flag_values, required=required, **args)
    if parser.lower_bound is not None or parser.upper_bound is not None:

        def in_bounds(value):
            if value is not None and parser.is_outside_bounds(value):
                raise ValidationError(f'{value} is not {parser.syntactic_help}')
            return True

        register_validator(name, in_bounds, flag_values=flag_values)
    return holder


def DEFINE_enum(name, default, enum_values, help, flag_values=FLAGS, module_name=None, required=False, **args):
    """Defines a flag that holds one of the texts `enum_values`; see `DEFINE` for the other arguments."""
    return DEFINE_flag(EnumFlag(name, default, help, enum_values, **args), flag_values, module_name, required)


def DEFINE_enum_class(name, default, enum_class, help, flag_values=FLAGS, module_name=None, case_sensitive=False,
                      required=False, **args):
    """Defines a flag that holds a member of an `enum.Enum`; see `DEFINE` for the other arguments."""
    flag = EnumClassFlag(name, default, help, enum_class, case_sensitive=case_sensitive, **args)
    return DEFINE_flag(flag, flag_values, module_name, required)


def DEFINE_list(name, default, help, flag_values=FLAGS, required=False, **args):
    """Defines a flag that holds a list, given with commas between its elements; see `DEFINE` for the arguments."""
    return DEFINE(ListParser(), name, default, help, flag_values, CsvListSerializer(','), required=required, **args)


def DEFINE_spaceseplist(name, default, help, comma_compat=False, flag_values=FLAGS, required=False, **args):
    """Defines a flag that holds a list, given with spaces between its elements; see `DEFINE` for the arguments.

    With `comma_compat`, commas separate as well.
    """
    parser = WhitespaceSeparatedListParser(comma_compat)
    return DEFINE(parser, name, default, help, flag_values, ListSerializer(' '), required=required, **args)


def DEFINE_multi(parser, serializer, name, default, help, flag_values=FLAGS, module_name=None, required=False, **args):
    """Defines a flag that may appear several times and holds the list of its values; see `DEFINE` for the arguments."""
    return DEFINE_flag(MultiFlag(parser, serializer, name, default, help, **args), flag_values, module_name, required)


def DEFINE_multi_string(name, default, help, flag_values=FLAGS, required=False, **args):
    """Defines a flag that holds a list of texts; see `DEFINE_multi`."""
    return DEFINE_multi(ArgumentParser(), ArgumentSerializer(), name, default, help, flag_values, required=required,
                        **args)


def DEFINE_multi_integer(name, default, help, lower_bound=None, upper_bound=None, flag_values=FLAGS, required=False,
                         **args):
    """Defines a flag that holds a list of integers between two bounds; see `DEFINE_multi`."""
    return DEFINE_multi(IntegerParser(lower_bound, upper_bound), ArgumentSerializer(), name, default, help,
                        flag_values, required=required, **args)


def DEFINE_multi_float(name, default, help, lower_bound=None, upper_bound=None, flag_values=FLAGS, required=False,
                       **args):
    """Defines a flag that holds a list of floats between two bounds; see `DEFINE_multi`."""
    return DEFINE_multi(FloatParser(lower_bound, upper_bound), ArgumentSerializer(), name, default, help, flag_values,
                        required=required, **args)


def DEFINE_multi_enum(name, default, enum_values, help, flag_values=FLAGS, case_sensitive=True, required=False,
                      **args):
    """Defines a flag that holds a list of texts out of `enum_values`; see `DEFINE_multi`."""
    return DEFINE_multi(EnumParser(enum_values, case_sensitive), ArgumentSerializer(), name, default,
                        f'<{"|".join(enum_values)}>: {help}', flag_values, required=required, **args)


def DEFINE_multi_enum_class(name, default, enum_class, help, flag_values=FLAGS, module_name=None,
                            case_sensitive=False, required=False, **args):
    """Defines a flag that holds a list of members of an `enum.Enum`; see `DEFINE_multi`."""
    return DEFINE_multi(EnumClassParser(enum_class, case_sensitive), EnumClassSerializer(), name, default,
                        f'<{"|".join(enum_class.__members__)}>: {help}', flag_values, module_name, required, **args)


def DEFINE_alias(name, original_name, flag_values=FLAGS, module_name=None):
    """Gives a flag a second name.

    Args:
      name: the second name.
      original_name: the flag's name.
      flag_values: where the flag is.
      module_name: the module that defines it; by default the caller's.

    Returns:
      A `FlagHolder`.

    Raises:
      UnrecognizedFlagError: there is no such flag.
    """
    if original_name not in flag_values:
        raise UnrecognizedFlagError(original_name)
    original = flag_values[original_name]

    class Alias(Flag):
        """A flag whose value is that of another."""

        @property
        def value(self):
            """The value of the other flag."""
            return original.value

        @value.setter
        def value(self, value):
            original.value = value

        def parse(self, argument):
            """Sets the other flag from a text of the command line."""
            original.parse(argument)
            self.present += 1

        def unparse(self):
            """Does nothing: the other flag is set back by itself."""
            self.present = 0

    alias = Alias.__new__(Alias)
    alias.__dict__.update({key: value for key, value in vars(original).items() if key != 'value'})
    alias.name, alias.short_name, alias.help = name, None, f'Alias for --{original_name}.'
    return DEFINE_flag(alias, flag_values, module_name)


def set_default(flag_holder, value):
    """Changes the default of the flag of a `FlagHolder`, and its value where that was not set."""
    flag_holder._flag_values.set_default(flag_holder.name, value)


def _names(flags):
    return [flag.name if isinstance(flag, FlagHolder) else flag for flag in flags]


def register_validator(flag_name, checker, message='Flag validation failed', flag_values=FLAGS):
    """Adds a rule for the value of a flag, which is checked after parsing and when the value is changed.

    Args:
      flag_name: the flag's name, or its `FlagHolder`.
      checker: a function of the value that returns whether it is right; it may raise `ValidationError` with a message.
      message: what the error says where it returns False.
      flag_values: where the flag is.
    """
    flag_values.register_validator(_names([flag_name]), checker, message, whole=False)


def validator(flag_name, message='Flag validation failed', flag_values=FLAGS):
    """The same as `register_validator`, as a decorator of the function."""

    def decorate(checker):
        register_validator(flag_name, checker, message, flag_values)
        return checker

    return decorate


def register_multi_flags_validator(flag_names, multi_flags_checker, message='Flags validation failed',
                                   flag_values=FLAGS):
    """Adds a rule for several flags together.

    Args:
      flag_names: the flags' names, or their `FlagHolder`s.
      multi_flags_checker: a function of a dict from names to values; see `register_validator`.
      message: what the error says where it returns False.
      flag_values: where the flags are.
    """
    flag_values.register_validator(_names(flag_names), multi_flags_checker, message, whole=True)


def multi_flags_validator(flag_names, message='Flag validation failed', flag_values=FLAGS):
    """The same as `register_multi_flags_validator`, as a decorator of the function."""

    def decorate(checker):
        register_multi_flags_validator(flag_names, checker, message, flag_values)
        return checker

    return decorate


def mark_flag_as_required(flag_name, flag_values=FLAGS):
    """Refuses None as the value of a flag: the command line must give one where that is the default."""
    name = _names([flag_name])[0]
    register_validator(name, lambda value: value is not None, f'Flag --{name} must have a value other than None.',
                       flag_values)


def mark_flags_as_required(flag_names, flag_values=FLAGS):
    """Refuses None as the value of each of several flags."""
    for name in flag_names:
        mark_flag_as_required(name, flag_values)


def _at_most_one(flag_names, is_set, what, required, flag_values):
    names = _names(flag_names)
    limit = 'Exactly one' if required else 'At most one'
    message = f'{limit} of ({", ".join(names)}) must {what}.'

    def check(values):
        count = sum(map(is_set, values.values()))
        return count == 1 or (count == 0 and not required)

    register_multi_flags_validator(names, check, message, flag_values)


def mark_flags_as_mutual_exclusive(flag_names, required=False, flag_values=FLAGS):
    """Refuses values other than None for more than one of several flags; for none of them where `required`."""
    _at_most_one(flag_names, lambda value: value is not None, 'have a value other than None', required, flag_values)


def mark_bool_flags_as_mutual_exclusive(flag_names, required=False, flag_values=FLAGS):
    """Refuses True for more than one of several flags; for none of them where `required`."""
    _at_most_one(flag_names, bool, 'be True', required, flag_values)


def declare_key_flag(flag_name, flag_values=FLAGS):
    """Shows a flag of another module in the short help of the calling module."""
    flag_values.declare_key_flag(_names([flag_name])[0], _calling_module())


def adopt_module_key_flags(module, flag_values=FLAGS):
    """Shows all flags of another module in the short help of the calling module."""
    for flag in flag_values.get_key_flags_for_module(module.__name__):
        flag_values.declare_key_flag(flag.name, _calling_module())


export(globals())
