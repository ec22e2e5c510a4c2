"""Options of pipelines."""

_MISSING = object()


class OptionsBase:
    """A set of options, each of one type."""

    _types = {}
    _factories = {}

    def __init__(self):
        object.__setattr__(self, '_options', {})

    def __eq__(self, other):
        if not isinstance(other, type(self)):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in set(self._options) | set(other._options))

    def __ne__(self, other):
        equal = self.__eq__(other)
        return equal if equal is NotImplemented else not equal

    __hash__ = object.__hash__

    def __setattr__(self, name, value):
        if not hasattr(self, name):
            raise AttributeError(f'Cannot set the property {name} on {type(self).__name__}.')
        object.__setattr__(self, name, value)


def option(name, kind, doc, factory=lambda: None):
    """A property that holds a value of one type."""

    def get(self):
        return self._options.setdefault(name, factory())

    def put(self, value):
        if not isinstance(value, kind):
            raise TypeError(f'Property "{name}" must be of type {kind}, got: {value!r} (type: {type(value)!r})')
        self._options[name] = value

    return property(get, put, None, doc)


def merge(*all_options):
    """The options that are set in any of several; ValueError where two differ."""
    kind = type(all_options[0])
    for options in all_options:
        if not isinstance(options, kind):
            raise TypeError(f'Incompatible options type: {type(options)!r} vs {kind!r}')
    default, result = kind(), kind()
    for options in all_options:
        for name in list(options._options):
            mine, theirs = getattr(result, name), getattr(options, name)
            if theirs == getattr(default, name):
                continue
            if mine == getattr(default, name):
                setattr(result, name, theirs)
            elif isinstance(mine, OptionsBase):
                setattr(result, name, merge(mine, theirs))
            elif mine != theirs:
                raise ValueError(f'Cannot merge incompatible values ({mine!r} and {theirs!r}) of option: {name}')
    return result


class MapVectorizationOptions(OptionsBase):
    """Options of the vectorization of maps, which Headrace leaves to its own kernels."""

    enabled = option('enabled', bool, 'Whether maps are vectorized. None: not.')
    use_choose_fastest = option('use_choose_fastest', bool, 'Whether the faster of both runs. None: not.')

    def _static_optimizations(self):
        return ['map_vectorization'] if self.enabled is True else []

    def _static_optimization_configs(self):
        return [f'map_vectorization:use_choose_fastest:{"true" if self.use_choose_fastest else "false"}']


class OptimizationOptions(OptionsBase):
    """Which rewrites of a pipeline are asked for."""

    apply_default_optimizations = option('apply_default_optimizations', bool, 'Whether those that are on by default '
                                         'are on. None: yes.')
    autotune = option('autotune', bool, 'Whether parallelism and buffers are tuned. None: yes.')
    autotune_algorithm = option('autotune_algorithm', int, 'By which algorithm.')
    autotune_buffers = option('autotune_buffers', bool, 'Whether buffers are tuned, too. None: no.')
    autotune_cpu_budget = option('autotune_cpu_budget', int, 'For how many cores. None: all.')
    filter_fusion = option('filter_fusion', bool, 'Whether filters are fused.')
    filter_with_random_uniform_fusion = option('filter_with_random_uniform_fusion', bool,
                                               'Whether random filters become a sampling.')
    hoist_random_uniform = option('hoist_random_uniform', bool, 'Whether random numbers come out of maps.')
    map_and_batch_fusion = option('map_and_batch_fusion', bool, 'Whether map and batch are fused. None: yes.')
    map_and_filter_fusion = option('map_and_filter_fusion', bool, 'Whether map and filter are fused.')
    map_fusion = option('map_fusion', bool, 'Whether maps are fused.')
    map_parallelization = option('map_parallelization', bool, 'Whether stateless maps run in parallel.')
    map_vectorization = option('map_vectorization', MapVectorizationOptions, 'Options of vectorization.',
                               MapVectorizationOptions)
    noop_elimination = option('noop_elimination', bool, 'Whether what does nothing is left out. None: yes.')
    parallel_batch = option('parallel_batch', bool, 'Whether batches are copied in parallel.')
    shuffle_and_repeat_fusion = option('shuffle_and_repeat_fusion', bool, 'Whether shuffle and repeat are fused. '
                                       'None: yes.')

    def _static_optimizations(self):
        asked = ('filter_fusion', 'filter_with_random_uniform_fusion', 'hoist_random_uniform', 'map_and_batch_fusion',
                 'map_and_filter_fusion', 'map_parallelization', 'map_fusion', 'noop_elimination', 'parallel_batch',
                 'shuffle_and_repeat_fusion')
        names = {name for name in asked if getattr(self, name)}
        if self.apply_default_optimizations is not False:
            names |= {name for name in ('map_and_batch_fusion', 'noop_elimination', 'shuffle_and_repeat_fusion')
                      if getattr(self, name) is not False}
        names |= set(self.map_vectorization._static_optimizations())
        if self.autotune is not False and self.autotune_buffers:
            names.add('inject_prefetch')
        return sorted(names)

    def _static_optimization_configs(self):
        return self.map_vectorization._static_optimization_configs()


class ThreadingOptions(OptionsBase):
    """How many threads a pipeline may have."""

    max_intra_op_parallelism = option('max_intra_op_parallelism', int, 'Threads inside of an operation at most.')
    private_threadpool_size = option('private_threadpool_size', int, 'Threads of the pipeline alone.')


class DistributeOptions(OptionsBase):
    """How a pipeline is distributed over workers."""

    auto_shard = option('auto_shard', bool, 'Whether it is sharded. Defaults to True.', lambda: True)
    num_devices = option('num_devices', int, 'The number of devices that it feeds.')
    _make_stateless = option('_make_stateless', bool, 'Whether state is taken out.')


class StatsOptions(OptionsBase):
    """Which statistics of a pipeline are kept."""

    aggregator = option('aggregator', object, 'What they go to.')
    prefix = option('prefix', str, 'What their names begin with.', lambda: '')
    counter_prefix = option('counter_prefix', str, 'What names of counters begin with.', lambda: '')
    latency_all_edges = option('latency_all_edges', bool, 'Whether all latencies are kept.')


class Options(OptionsBase):
    """Options of a dataset: `dataset.with_options(options)`."""

    experimental_deterministic = option('experimental_deterministic', bool, 'Whether the order is deterministic. '
                                        'None: yes.')
    experimental_distribute = option('experimental_distribute', DistributeOptions, 'Options of distribution.',
                                     DistributeOptions)
    experimental_optimization = option('experimental_optimization', OptimizationOptions, 'Options of rewrites.',
                                       OptimizationOptions)
    experimental_slack = option('experimental_slack', bool, 'Whether the last prefetch leaves time to the device.')
    experimental_stats = option('experimental_stats', StatsOptions, 'Options of statistics.', StatsOptions)
    experimental_threading = option('experimental_threading', ThreadingOptions, 'Options of threads.',
                                    ThreadingOptions)
    experimental_stateful_whitelist = option('experimental_stateful_whitelist', list, 'Stateful operations that a '
                                             'saved pipeline may have.')

    def _static_optimizations(self):
        names = list(self.experimental_optimization._static_optimizations())
        if self.experimental_deterministic is False:
            names.append('make_sloppy')
        if self.experimental_stats.latency_all_edges:
            names.append('latency_all_edges')
        if self.experimental_slack:
            names.append('slack')
        if self.experimental_distribute._make_stateless:
            names.append('make_stateless')
        return names

    def _static_optimization_configs(self):
        configs = list(self.experimental_optimization._static_optimization_configs())
        if self.experimental_slack:
            configs.append(f'slack:slack_period:{self.experimental_distribute.num_devices or 1}')
        return configs

    def merge(self, options):
        """The options of both; ValueError where they differ."""
        return merge(self, options)

    def _arguments(self):
        """What the builder takes."""
        names = self._static_optimizations()
        tuning, threading = self.experimental_optimization, self.experimental_threading
        return {'no_optimizations': not names, 'optimizations': names,
                'optimization_configs': self._static_optimization_configs() if names else [],
                'no_autotune': tuning.autotune is False, 'autotune_algorithm': tuning.autotune_algorithm or 0,
                'autotune_cpu_budget': tuning.autotune_cpu_budget or 0,
                'max_intra_op_parallelism': threading.max_intra_op_parallelism or 0,
                'private_threadpool_size': threading.private_threadpool_size or 0, **self._statistics()}

    def _statistics(self):
        stats = self.experimental_stats
        if stats.aggregator is None:
            return {}
        return {'stats_aggregator': stats.aggregator._resource, 'stats_prefix': stats.prefix,
                'stats_counter_prefix': stats.counter_prefix}
