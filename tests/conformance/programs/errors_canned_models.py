import tensorflow as tf

ready = tf.estimator


def number_columns():
    return [tf.feature_column.numeric_column("x", (2,))]


def make_model(estimator, labels, features=None, mode=ready.ModeKeys.TRAIN):
    features = {"x": tf.constant([[1.0, 2.0], [3.0, 4.0]])} if features is None else features
    tf.train.create_global_step()
    return estimator.model_fn(features, labels, mode, estimator.config)


@mistake
def classifier_of_one_class():
    ready.DNNClassifier([2], number_columns(), n_classes=1)


@mistake
def classifier_without_classes():
    ready.DNNClassifier([2], number_columns(), n_classes=None)


@mistake
def classifier_with_vocabulary_of_text():
    ready.DNNClassifier([2], number_columns(), n_classes=3, label_vocabulary="abc")


@mistake
def classifier_of_two_with_vocabulary_of_text():
    ready.LinearClassifier(number_columns(), label_vocabulary="ab")


@mistake
def classifier_that_does_not_reduce():
    ready.DNNClassifier([2], number_columns(), loss_reduction=tf.losses.Reduction.NONE)


@mistake
def classifier_with_unknown_optimizer():
    make_model(ready.DNNClassifier([2], number_columns(), optimizer="Best"), tf.constant([[0], [1]]))


@mistake
def classifier_with_number_as_optimizer():
    make_model(ready.LinearClassifier(number_columns(), optimizer=3), tf.constant([[0], [1]]))


@mistake
def classifier_of_tensor():
    make_model(ready.DNNClassifier([2], number_columns()), tf.constant([[0], [1]]), tf.constant([[1.0, 2.0]]))


@mistake
def linear_classifier_of_tensor():
    make_model(ready.LinearClassifier(number_columns()), tf.constant([[0], [1]]), tf.constant([[1.0, 2.0]]))


@mistake
def classifier_of_float_labels():
    make_model(ready.DNNClassifier([2], number_columns(), n_classes=3), tf.constant([[0.0], [1.0]]))


@mistake
def classifier_of_words_without_vocabulary():
    make_model(ready.DNNClassifier([2], number_columns(), n_classes=3), tf.constant([["a"], ["b"]]))


@mistake
def classifier_of_numbers_with_vocabulary():
    make_model(ready.DNNClassifier([2], number_columns(), n_classes=3, label_vocabulary=["a", "b", "c"]),
               tf.constant([[0], [1]]))


@mistake
def classifier_of_one_hot_labels():
    make_model(ready.DNNClassifier([2], number_columns(), n_classes=3), tf.constant([[0, 1, 0], [1, 0, 0]]))


@mistake
def classifier_without_labels():
    make_model(ready.DNNClassifier([2], number_columns()), None)


@mistake
def classifier_of_sparse_labels():
    make_model(ready.DNNClassifier([2], number_columns()), tf.SparseTensor([[0, 0]], [1], [2, 1]))


@mistake
def classifier_of_other_number_of_labels():
    make_model(ready.DNNClassifier([2], number_columns()), tf.constant([[0], [1], [1]]))


@mistake
def classifier_of_label_above_all():
    spec = make_model(ready.LinearClassifier(number_columns(), n_classes=3), tf.constant([[0], [7]]))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(spec.loss)


@mistake
def classifier_of_label_below_all():
    spec = make_model(ready.LinearClassifier(number_columns()), tf.constant([[0], [-1]]))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(spec.loss)


@mistake
def classifier_of_categorical_column():
    column = tf.feature_column.categorical_column_with_identity("x", 3)
    make_model(ready.DNNClassifier([2], [column]), tf.constant([[0], [1]]), {"x": tf.constant([[1], [2]])})


@mistake
def classifier_of_weights_that_are_a_number():
    make_model(ready.DNNClassifier([2], number_columns(), weight_column=3), tf.constant([[0], [1]]))


@mistake
def classifier_of_missing_weights():
    make_model(ready.DNNClassifier([2], number_columns(), weight_column="w"), tf.constant([[0], [1]]))


@mistake
def regressor_of_no_numbers():
    ready.DNNRegressor([2], number_columns(), label_dimension=0)


@mistake
def regressor_of_two_numbers_for_one():
    make_model(ready.LinearRegressor(number_columns()), tf.constant([[0.0, 1.0], [1.0, 2.0]]))


@mistake
def combination_of_nothing():
    make_model(ready.DNNLinearCombinedClassifier(), tf.constant([[0], [1]]))


@mistake
def combination_without_hidden_units():
    make_model(ready.DNNLinearCombinedClassifier(dnn_feature_columns=number_columns()), tf.constant([[0], [1]]))


@mistake
def spec_with_label_among_features():
    ready.classifier_parse_example_spec(number_columns(), "x")


@mistake
def spec_with_weights_among_features():
    ready.regressor_parse_example_spec(number_columns(), "y", weight_column="x")


def estimator_for_stopping():
    return ready.Estimator(lambda features, labels, mode: None, "model")


@mistake
def early_stopping_of_no_estimator():
    ready.experimental.make_early_stopping_hook(3, lambda: True)


@mistake
def early_stopping_without_function():
    ready.experimental.make_early_stopping_hook(estimator_for_stopping(), 3)


@mistake
def early_stopping_with_two_intervals():
    ready.experimental.make_early_stopping_hook(estimator_for_stopping(), lambda: True, 10, run_every_steps=3)


@mistake
def stop_at_no_step():
    ready.experimental.make_stop_at_checkpoint_step_hook(estimator_for_stopping(), None)
