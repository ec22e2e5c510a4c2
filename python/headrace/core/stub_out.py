"""Replacing attributes for the time of a test."""

import inspect


class StubOutForTesting:
    """Replaces attributes of objects and puts the old ones back, at the end of a `with` block or when told."""

    def __init__(self):
        """Starts with nothing replaced."""
        self._replaced = []
        self._smart = []

    def __enter__(self):
        """The object itself."""
        return self

    def __exit__(self, unused_exc_type, unused_exc_value, unused_tb):
        """Puts all old attributes back."""
        self.CleanUp()

    def __del__(self):
        self.CleanUp()

    def CleanUp(self):
        """Puts all old attributes back."""
        self.SmartUnsetAll()
        self.UnsetAll()

    def Set(self, parent, child_name, new_child):
        """Replaces an attribute.

        Args:
          parent: the object, class or module.
          child_name: the attribute's name.
          new_child: the new attribute.
        """
        old = inspect.getattr_static(parent, child_name)
        self._replaced.append((parent, old if inspect.isclass(parent) else getattr(parent, child_name), child_name))
        setattr(parent, child_name, new_child)

    def UnsetAll(self):
        """Puts back what `Set` has replaced."""
        while self._replaced:
            parent, old, name = self._replaced.pop()
            setattr(parent, name, old)

    def SmartSet(self, obj, attr_name, new_attr):
        """Replaces an attribute where it is defined: in the object itself, or in the class that it comes from.

        Args:
          obj: the object, class or module.
          attr_name: the attribute's name.
          new_attr: the new attribute.

        Raises:
          AttributeError: there is no such attribute.
        """
        if inspect.ismodule(obj) or (not inspect.isclass(obj) and attr_name in vars(obj)):
            owner = obj
        else:
            classes = inspect.getmro(obj if inspect.isclass(obj) else type(obj))
            owner = next((cls for cls in classes if attr_name in vars(cls)), None)
            if owner is None:
                raise AttributeError(attr_name)
        self._smart.append((owner, attr_name, inspect.getattr_static(owner, attr_name)))
        setattr(owner, attr_name, new_attr)

    def SmartUnsetAll(self):
        """Puts back what `SmartSet` has replaced."""
        while self._smart:
            owner, name, old = self._smart.pop()
            setattr(owner, name, old)
