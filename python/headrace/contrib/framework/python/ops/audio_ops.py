"""Sounds: WAV files, spectra, cepstral coefficients."""

from headrace._ops import audio_spectrogram, decode_wav, encode_wav, mfcc  # noqa: F401
