package com.omendb.datasets.download;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/// One place where a file can be fetched, and what is known of the bytes there.
///
/// @param address an `https`, `http` or `ftp` address; `ftp` ones are only shown to the user
/// @param sizeBytes length of the file; empty if not known with certainty
/// @param sha256 its SHA-256 in lower-case hexadecimal; empty if not known with certainty
public record DownloadSource(URI address, OptionalLong sizeBytes, Optional<String> sha256) {
  private static final int SHA256_DIGITS = 64;

  /// Checks the parts.
  ///
  /// @throws IllegalArgumentException if the address has no scheme, the size is not positive, or
  ///   the checksum is no SHA-256
  public DownloadSource {
    if (!address.isAbsolute()) {
      throw new IllegalArgumentException("the address has no scheme: address=" + address);
    }
    if (sizeBytes.isPresent() && sizeBytes.getAsLong() < 1) {
      throw new IllegalArgumentException("the size is not positive: sizeBytes=" + sizeBytes);
    }
    if (sha256.isPresent() && !sha256.get().matches("[0-9a-f]{" + SHA256_DIGITS + "}")) {
      throw new IllegalArgumentException("no SHA-256 in hexadecimal: sha256=" + sha256.get());
    }
  }

  /// {@return a source whose bytes are known}
  ///
  /// @param address an `https`, `http` or `ftp` address
  /// @param sizeBytes length of the file in bytes
  /// @param sha256 its SHA-256 in lower-case hexadecimal
  /// @throws IllegalArgumentException if one of them is not what it should be
  public static DownloadSource known(String address, long sizeBytes, String sha256) {
    return new DownloadSource(URI.create(address), OptionalLong.of(sizeBytes), Optional.of(sha256));
  }

  /// {@return a source of which only the address is known}
  ///
  /// @param address an `https`, `http` or `ftp` address
  /// @throws IllegalArgumentException if it is no address, or has no scheme
  public static DownloadSource unknown(String address) {
    return new DownloadSource(URI.create(address), OptionalLong.empty(), Optional.empty());
  }

  /// Whether this program can fetch from here itself.
  boolean isHttp() {
    String scheme = address.getScheme().toLowerCase(Locale.ROOT);
    return scheme.equals("http") || scheme.equals("https");
  }

  /// What a person needs to fetch the file by other means.
  String describe() {
    return address
        + (sizeBytes.isPresent() ? ", " + sizeBytes.getAsLong() + " bytes" : ", size unknown")
        + sha256.map(sum -> ", sha256 " + sum).orElse(", checksum unknown");
  }
}
