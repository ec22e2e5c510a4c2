"""The cases of shapes.tsv of tables, stacks and tensor arrays, as in shape_cases.py."""

TABLE = '''
HashTableV2 | | key_dtype=string value_dtype=int64
MutableHashTableV2 | | key_dtype=string value_dtype=int64
MutableHashTableOfTensorsV2 | | key_dtype=string value_dtype=int64
MutableDenseHashTableV2 | int64[]; int64[] | value_dtype=int64
InitializeTableV2 | resource[]; string[2]; int64[2] |
InitializeTableV2 | resource[]; string[2]; int64[3] |
InitializeTableV2 | resource[1]; string[2]; int64[2] |
InitializeTableFromTextFileV2 | resource[]; string[] | key_index=0 value_index=1
InitializeTableFromTextFileV2 | resource[]; string[2] | key_index=0 value_index=1
LookupTableFindV2 | resource[]; string[2]; int64[] |
LookupTableFindV2 | resource[2]; string[2]; int64[] |
LookupTableInsertV2 | resource[]; string[2]; int64[3] |
LookupTableInsertV2 | resource[2]; string[2]; int64[3] |
LookupTableRemoveV2 | resource[]; string[2] |
LookupTableRemoveV2 | resource[]; string[] |
LookupTableRemoveV2 | resource[1]; string[2] |
LookupTableSizeV2 | resource[] |
LookupTableSizeV2 | resource[1] |
LookupTableExportV2 | resource[] | Tkeys=string Tvalues=int64
LookupTableImportV2 | resource[]; string[2]; int64[2] |
LookupTableImportV2 | resource[]; string[2]; int64[3] |
LookupTableImportV2 | resource[]; string?; int64[3] |
TensorArrayV3 | int32[] | dtype=float
TensorArrayV3 | int32? | dtype=float
TensorArrayV3 | int32[1] | dtype=float
TensorArrayWriteV3 | resource?; int32[]; float[2]; float[] |
TensorArrayReadV3 | resource?; int32[]; float[] | dtype=float
TensorArrayGatherV3 | resource?; int32[2]; float[] | dtype=float element_shape=[3]
TensorArrayScatterV3 | resource?; int32[2]; float[2,3]; float[] |
TensorArrayConcatV3 | resource?; float[] | dtype=float element_shape_except0=[3]
TensorArraySplitV3 | resource?; float[4,3]; int64[2]; float[] |
TensorArraySizeV3 | resource?; float[] |
TensorArrayCloseV3 | resource? |
TensorArrayGradV3 | resource?; float[] | source=a
TensorArrayGradWithShape | resource?; float[]; int32[1] | source=a
TensorArrayWriteV3 | resource[2]; int32[]; float[2]; float[] |
TensorArrayReadV3 | resource[2]; int32[]; float[] | dtype=float
TensorArrayGatherV3 | resource[2]; int32[2]; float[] | dtype=float element_shape=[3]
TensorArrayScatterV3 | resource[2]; int32[2]; float[2,3]; float[] |
TensorArrayConcatV3 | resource[2]; float[] | dtype=float element_shape_except0=[3]
TensorArraySplitV3 | resource[2]; float[4,3]; int64[2]; float[] |
TensorArraySizeV3 | resource[2]; float[] |
TensorArrayCloseV3 | resource[2] |
TensorArrayGradV3 | resource[2]; float[] | source=a
TensorArrayGradWithShape | resource[2]; float[]; int32[1] | source=a
TensorArrayWriteV3 | resource[]; int32[]; float[2]; float[] |
TensorArrayReadV3 | resource[]; int32[]; float[] | dtype=float
TensorArrayGatherV3 | resource[]; int32[2]; float[] | dtype=float element_shape=[3]
TensorArrayScatterV3 | resource[]; int32[2]; float[2,3]; float[] |
TensorArrayConcatV3 | resource[]; float[] | dtype=float element_shape_except0=[3]
TensorArraySplitV3 | resource[]; float[4,3]; int64[2]; float[] |
TensorArraySizeV3 | resource[]; float[] |
TensorArrayCloseV3 | resource[] |
TensorArrayGradV3 | resource[]; float[] | source=a
TensorArrayGradWithShape | resource[]; float[]; int32[1] | source=a
TensorArrayWriteV3 | resource[3]; int32[]; float[2]; float[] |
TensorArrayReadV3 | resource[3]; int32[]; float[] | dtype=float
TensorArrayGatherV3 | resource[3]; int32[2]; float[] | dtype=float element_shape=[3]
TensorArrayScatterV3 | resource[3]; int32[2]; float[2,3]; float[] |
TensorArrayConcatV3 | resource[3]; float[] | dtype=float element_shape_except0=[3]
TensorArraySplitV3 | resource[3]; float[4,3]; int64[2]; float[] |
TensorArraySizeV3 | resource[3]; float[] |
TensorArrayCloseV3 | resource[3] |
TensorArrayGradV3 | resource[3]; float[] | source=a
TensorArrayGradWithShape | resource[3]; float[]; int32[1] | source=a
TensorArrayWriteV3 | resource[2]; int32[]; float[2]; float[1] |
TensorArrayReadV3 | resource[2]; int32[]; float[1] | dtype=float
TensorArrayGatherV3 | resource[2]; int32[2]; float[1] | dtype=float element_shape=[3]
TensorArrayScatterV3 | resource[2]; int32[2]; float[2,3]; float[1] |
TensorArrayConcatV3 | resource[2]; float[1] | dtype=float element_shape_except0=[3]
TensorArraySplitV3 | resource[2]; float[4,3]; int64[2]; float[1] |
TensorArraySizeV3 | resource[2]; float[1] |
TensorArrayGradV3 | resource[2]; float[1] | source=a
TensorArrayGradWithShape | resource[2]; float[1]; int32[1] | source=a
TensorArrayWriteV3 | resource[2]; int32[]; float[2]; float? |
TensorArrayReadV3 | resource[2]; int32[]; float? | dtype=float
TensorArrayGatherV3 | resource[2]; int32[2]; float? | dtype=float element_shape=[3]
TensorArrayScatterV3 | resource[2]; int32[2]; float[2,3]; float? |
TensorArrayConcatV3 | resource[2]; float? | dtype=float element_shape_except0=[3]
TensorArraySplitV3 | resource[2]; float[4,3]; int64[2]; float? |
TensorArraySizeV3 | resource[2]; float? |
TensorArrayGradV3 | resource[2]; float? | source=a
TensorArrayGradWithShape | resource[2]; float?; int32[1] | source=a
TensorArrayWriteV3 | resource[2]; int32[1]; float[2]; float[] |
TensorArrayReadV3 | resource[2]; int32[1]; float[] | dtype=float
TensorArrayWriteV3 | resource[2]; int32?; float[2]; float[] |
TensorArrayReadV3 | resource[2]; int32?; float[] | dtype=float
TensorArrayGatherV3 | resource[2]; int32[]; float[] | dtype=float element_shape=[3]
TensorArrayGatherV3 | resource[2]; int32[]; float[] | dtype=float
TensorArrayScatterV3 | resource[2]; int32[]; float[2,3]; float[] |
TensorArrayScatterV3 | resource[2]; int32[]; float?; float[] |
TensorArraySplitV3 | resource[2]; float[4,3]; int64[]; float[] |
TensorArrayGatherV3 | resource[2]; int32?; float[] | dtype=float element_shape=[3]
TensorArrayGatherV3 | resource[2]; int32?; float[] | dtype=float
TensorArrayScatterV3 | resource[2]; int32?; float[2,3]; float[] |
TensorArrayScatterV3 | resource[2]; int32?; float?; float[] |
TensorArraySplitV3 | resource[2]; float[4,3]; int64?; float[] |
TensorArrayGatherV3 | resource[2]; int32[2,2]; float[] | dtype=float element_shape=[3]
TensorArrayGatherV3 | resource[2]; int32[2,2]; float[] | dtype=float
TensorArrayScatterV3 | resource[2]; int32[2,2]; float[2,3]; float[] |
TensorArrayScatterV3 | resource[2]; int32[2,2]; float?; float[] |
TensorArraySplitV3 | resource[2]; float[4,3]; int64[2,2]; float[] |
TensorArrayGatherV3 | resource[2]; int32[3]; float[] | dtype=float element_shape=[3]
TensorArrayGatherV3 | resource[2]; int32[3]; float[] | dtype=float
TensorArrayScatterV3 | resource[2]; int32[3]; float[2,3]; float[] |
TensorArrayScatterV3 | resource[2]; int32[3]; float?; float[] |
TensorArraySplitV3 | resource[2]; float[4,3]; int64[3]; float[] |
TensorArrayGatherV3 | resource[2]; int32[?]; float[] | dtype=float element_shape=[3]
TensorArrayGatherV3 | resource[2]; int32[?]; float[] | dtype=float
TensorArrayScatterV3 | resource[2]; int32[?]; float[2,3]; float[] |
TensorArrayScatterV3 | resource[2]; int32[?]; float?; float[] |
TensorArraySplitV3 | resource[2]; float[4,3]; int64[?]; float[] |
TensorArrayScatterV3 | resource[2]; int32?; float[]; float[] |
TensorArraySplitV3 | resource[2]; float[]; int64[2]; float[] |
StackV2 | int32[] | elem_type=float
StackV2 | int32[2] | elem_type=float
StackPushV2 | resource?; float[2,?] |
StackPopV2 | resource? | elem_type=float
StackCloseV2 | resource? |
'''
