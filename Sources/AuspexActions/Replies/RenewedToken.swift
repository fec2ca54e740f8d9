import Foundation
import Synchronization

/// A token that is read anew from its file when it is not taken any more, so that nobody has to restart anything for a new
/// one.
///
/// A class because replies that are under way at once share it.
final class RenewedToken: Sendable {
    /// The most that a file of a token has, in bytes.
    private static let mostBytes = 64 << 10

    private let file: String?
    private let text: Mutex<String>

    /// Creates it.
    ///
    /// - Parameters:
    ///   - text: The token.
    ///   - file: The file that it was read from; nil for none.
    init(_ text: String, file: String?) {
        self.file = file
        self.text = Mutex(text)
    }

    /// The token.
    var current: String { text.withLock { $0 } }

    /// Reads the file again.
    ///
    /// - Parameter refused: The token that was not taken.
    /// - Returns: another one; nil when there is none.
    func replacement(for refused: String) -> String? {
        if let file, let handle = FileHandle(forReadingAtPath: file) {
            defer { try? handle.close() }
            let bytes = (try? handle.read(upToCount: Self.mostBytes)) ?? Data()
            let read = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines)
            if !read.isEmpty { text.withLock { $0 = read } }
        }
        let newest = current
        return newest == refused ? nil : newest
    }
}
