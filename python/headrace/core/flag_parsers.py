"""What flags' texts mean: parsers from text to value, serializers back, and the errors of flags."""

import csv
import io


class Error(Exception):
    """Base of all errors of flags."""


class CantOpenFlagFileError(Error):
    """A file of flags cannot be read."""


class DuplicateFlagError(Error):
    """Two flags have one name."""


class FlagNameConflictsWithMethodError(Error):
    """A flag has the name of a method of `FlagValues`."""


class IllegalFlagValueError(Error):
    """A text, or a value, that the flag does not take."""


class UnrecognizedFlagError(Error):
    """A flag that is defined nowhere."""

    def __init__(self, flagname, flagvalue='', suggestions=None):
        """Keeps the name, the value, and names that may have been meant."""
        self.flagname = flagname
        self.flagvalue = flagvalue
        hint = f'. Did you mean: {", ".join(suggestions)} ?' if suggestions else ''
        super().__init__(f"Unknown command line flag '{flagname}'{hint}")


class UnparsedFlagAccessError(Error):
    """A flag is read before the arguments are parsed."""


class ValidationError(Error):
    """What a validator raises where a value breaks its rule."""


class ArgumentParser:
    """Takes any text as it is. Base of the other parsers."""

    syntactic_help = ''

    def parse(self, argument):
        """The value of a text.

        Args:
          argument: a text, or a value of the flag.

        Returns:
          The value.

        Raises:
          TypeError, ValueError: the argument has no value of this kind.
        """
        if not isinstance(argument, str):
            raise TypeError(f'flag value must be a string, found "{type(argument)}"')
        return argument

    def flag_type(self):
        """The name of the kind of value."""
        return 'string'


class _NumberParser(ArgumentParser):
    """Takes numbers from `lower_bound` to `upper_bound`, as far as these are given."""

    number_article = ''
    number_name = ''

    def __init__(self, lower_bound=None, upper_bound=None):
        """Keeps the bounds and makes the words that describe them."""
        self.lower_bound = lower_bound
        self.upper_bound = upper_bound
        name = f'{self.number_article} {self.number_name}'
        if lower_bound is not None and upper_bound is not None:
            name = f'{name} in the range [{lower_bound}, {upper_bound}]'
        elif lower_bound is not None:
            name = {0: f'a non-negative {self.number_name}', 1: f'a positive {self.number_name}'}.get(
                lower_bound, f'{self.number_name} >= {lower_bound}')
        elif upper_bound is not None:
            name = {0: f'a non-positive {self.number_name}', -1: f'a negative {self.number_name}'}.get(
                upper_bound, f'{self.number_name} <= {upper_bound}')
        self.syntactic_help = name

    def convert(self, argument):
        """The number that a text stands for."""
        raise NotImplementedError

    def is_outside_bounds(self, value):
        """Whether a number breaks the bounds."""
        return ((self.lower_bound is not None and value < self.lower_bound) or
                (self.upper_bound is not None and value > self.upper_bound))

    def parse(self, argument):
        """The number of a text or number; see `ArgumentParser.parse`."""
        value = self.convert(argument)
        if self.is_outside_bounds(value):
            raise ValueError(f'{value} is not {self.syntactic_help}')
        return value


class FloatParser(_NumberParser):
    """Takes floating-point numbers."""

    number_article = 'a'
    number_name = 'number'

    def convert(self, argument):
        """The float of a text or number."""
        if isinstance(argument, (int, float, str)) and not isinstance(argument, bool):
            return float(argument)
        raise TypeError(f'Expect argument to be a string, int, or float, found {type(argument)}')

    def flag_type(self):
        """The name of the kind of value."""
        return 'float'


class IntegerParser(_NumberParser):
    """Takes integers; 0x and 0o begin hexadecimal and octal ones."""

    number_article = 'an'
    number_name = 'integer'

    def convert(self, argument):
        """The integer of a text or integer."""
        if isinstance(argument, int) and not isinstance(argument, bool):
            return argument
        if not isinstance(argument, str):
            raise TypeError(f'Expect argument to be a string or int, found {type(argument)}')
        return int(argument, {'0o': 8, '0x': 16}.get(argument[:2].lower(), 10))

    def flag_type(self):
        """The name of the kind of value."""
        return 'int'


class BooleanParser(ArgumentParser):
    """Takes true, t and 1, false, f and 0, in any case."""

    def parse(self, argument):
        """The bool of a text, bool, 0 or 1; see `ArgumentParser.parse`."""
        text = argument.lower() if isinstance(argument, str) else argument
        if text in ('true', 't', '1') or (isinstance(text, int) and text == 1):
            return True
        if text in ('false', 'f', '0') or (isinstance(text, int) and text == 0):
            return False
        kind = ValueError if isinstance(argument, (str, int)) else TypeError
        raise kind('Non-boolean argument to boolean flag', argument)

    def flag_type(self):
        """The name of the kind of value."""
        return 'bool'


class EnumParser(ArgumentParser):
    """Takes one of several texts."""

    def __init__(self, enum_values, case_sensitive=True):
        """Keeps the texts.

        Args:
          enum_values: the texts.
          case_sensitive: whether capitals must agree; if not, the value is the text as it stands in `enum_values`.

        Raises:
          ValueError: there are no texts.
        """
        if not enum_values:
            raise ValueError(f'enum_values cannot be empty, found "{enum_values}"')
        self.enum_values = enum_values
        self.case_sensitive = case_sensitive

    def parse(self, argument):
        """The text that is meant; see `ArgumentParser.parse`."""
        for value in self.enum_values:
            same = argument == value if self.case_sensitive else str(argument).lower() == value.lower()
            if same:
                return value
        raise ValueError(f'value should be one of <{"|".join(self.enum_values)}>')

    def flag_type(self):
        """The name of the kind of value."""
        return 'string enum'


class EnumClassParser(ArgumentParser):
    """Takes the names of the members of an `enum.Enum`."""

    def __init__(self, enum_class, case_sensitive=True):
        """Keeps the class; see `EnumParser` for `case_sensitive`."""
        self.enum_class = enum_class
        self._names = EnumParser(list(enum_class.__members__), case_sensitive)

    def parse(self, argument):
        """The member of a name, or the member itself; see `ArgumentParser.parse`."""
        return argument if isinstance(argument, self.enum_class) else self.enum_class[self._names.parse(argument)]

    def flag_type(self):
        """The name of the kind of value."""
        return 'enum class'


class BaseListParser(ArgumentParser):
    """Takes lists, and texts of elements between separators."""

    def __init__(self, token=None, name=None):
        """Keeps the separator and its name."""
        self._token = token
        self.syntactic_help = f'a {name} separated list'

    def parse(self, argument):
        """The list of a text or list; see `ArgumentParser.parse`."""
        if isinstance(argument, list):
            return argument
        return [part.strip() for part in argument.split(self._token)] if argument else []

    def flag_type(self):
        """The name of the kind of value."""
        return f'{self.syntactic_help.split()[1]} separated list of strings'


class ListParser(BaseListParser):
    """Takes elements separated by commas; quotation marks keep commas together."""

    def __init__(self):
        """Makes the parser."""
        super().__init__(',', 'comma')

    def parse(self, argument):
        """The list of a text or list; see `ArgumentParser.parse`."""
        if isinstance(argument, list):
            return argument
        if not argument:
            return []
        try:
            return [part.strip() for part in next(csv.reader([argument], strict=True))]
        except csv.Error as error:
            raise ValueError(f'Unable to parse the value {argument!r} as a comma-separated list: {error}') from error


class WhitespaceSeparatedListParser(BaseListParser):
    """Takes elements separated by spaces, and also by commas where that is asked for."""

    def __init__(self, comma_compat=False):
        """Makes the parser; `comma_compat` says whether commas separate, too."""
        super().__init__(None, 'whitespace or comma' if comma_compat else 'whitespace')
        self._comma_compat = comma_compat

    def parse(self, argument):
        """The list of a text or list; see `ArgumentParser.parse`."""
        if isinstance(argument, list):
            return argument
        return (argument.replace(',', ' ') if self._comma_compat else argument).split() if argument else []


class ArgumentSerializer:
    """Writes a value as a text that its parser reads."""

    def serialize(self, value):
        """The text of a value."""
        return str(value)


class ListSerializer(ArgumentSerializer):
    """Writes lists with a separator between their elements."""

    def __init__(self, list_sep):
        """Keeps the separator."""
        self.list_sep = list_sep

    def serialize(self, value):
        """The text of a list."""
        return self.list_sep.join(map(str, value))


class CsvListSerializer(ListSerializer):
    """Writes lists with commas between their elements, and quotation marks around those that hold commas."""

    def serialize(self, value):
        """The text of a list."""
        if not value:
            return ''
        line = io.StringIO()
        csv.writer(line, delimiter=self.list_sep).writerow([str(element) for element in value])
        return line.getvalue().strip()


class EnumClassSerializer(ArgumentSerializer):
    """Writes members of an `enum.Enum` as their names."""

    def serialize(self, value):
        """The name of a member."""
        return value.name


class EnumClassListSerializer(ListSerializer):
    """Writes lists of members of an `enum.Enum` as their names with a separator between."""

    def serialize(self, value):
        """The text of a member or list of members."""
        members = value if isinstance(value, list) else [value]
        return self.list_sep.join(member.name for member in members)
