import Foundation

/// Standard output and standard error.
enum Terminal {
    /// Writes a result to standard output, with a line end.
    static func print(_ text: String) {
        write(text + "\n", to: .standardOutput)
    }

    /// Writes part of a result to standard output, as it is.
    static func write(_ text: String) {
        write(text, to: .standardOutput)
    }

    /// Writes bytes of a result to standard output, as they are.
    static func write(bytes: [UInt8]) {
        try? FileHandle.standardOutput.write(contentsOf: Data(bytes))
    }

    /// Tells the person at the terminal what is wrong.
    static func error(_ text: String) {
        write("auspex: " + text + "\n", to: .standardError)
    }

    /// Tells the person at the terminal something that is no result.
    static func note(_ text: String) {
        write(text + "\n", to: .standardError)
    }

    /// Shows how far something has come, over what was shown before. Only for a terminal.
    static func progress(_ text: String) {
        write("\r\u{1b}[K" + text, to: .standardError)
    }

    /// Takes the last progress away.
    static func endProgress() {
        write("\r\u{1b}[K", to: .standardError)
    }

    private static func write(_ text: String, to handle: FileHandle) {
        // A reader that has gone away (`| head`) is no reason to complain.
        try? handle.write(contentsOf: Data(text.utf8))
    }
}
