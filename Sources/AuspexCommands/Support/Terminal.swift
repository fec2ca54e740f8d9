import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Standard output and standard error.
enum Terminal {
    /// Writes a result to standard output, with a line end.
    static func print(_ text: String) {
        write(text + "\n")
    }

    /// Writes part of a result to standard output, as it is.
    ///
    /// - Returns: false when whoever read it has gone away.
    @discardableResult static func write(_ text: String) -> Bool {
        write(bytes: Array(text.utf8))
    }

    /// Writes bytes of a result to standard output, as they are. A result that cannot be written ends the program: half
    /// of it must not pass for the whole. A reader that has gone away (`| head`) is no reason to complain.
    ///
    /// - Returns: false when whoever read it has gone away.
    @discardableResult static func write(bytes: [UInt8]) -> Bool {
        let code = writeAll(bytes, to: STDOUT_FILENO)
        guard code != 0, code != EPIPE else { return code == 0 }
        error("standard output: \(String(cString: strerror(code)))")
        exit(Failure.Code.input.rawValue)
    }

    /// Tells the person at the terminal what is wrong.
    static func error(_ text: String) {
        tell("auspex: " + text + "\n")
    }

    /// Tells the person at the terminal something that is no result.
    static func note(_ text: String) {
        tell(text + "\n")
    }

    /// Asks the person at the terminal something; the answer comes on the same line.
    static func ask(_ text: String) {
        tell(text)
    }

    /// Shows how far something has come, over what was shown before. Only for a terminal.
    static func progress(_ text: String) {
        tell("\r\u{1b}[K" + text)
    }

    /// Takes the last progress away.
    static func endProgress() {
        tell("\r\u{1b}[K")
    }

    private static func tell(_ text: String) {
        // Where this cannot be said, nothing can.
        _ = writeAll(Array(text.utf8), to: STDERR_FILENO)
    }
}

/// Writes all of `bytes`.
///
/// - Returns: The code of the error that is in the way; 0 for none.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count >= 0 {
            rest = rest.dropFirst(count)
        } else if errno == EAGAIN {
            // Somebody made the other end of ours non-blocking.
            var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            _ = poll(&ready, 1, -1)
        } else if errno != EINTR {
            return errno
        }
    }
    return 0
}
