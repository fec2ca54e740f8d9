import AuspexEngine
import AuspexSignals

/// What the first bytes of a file tell about it.
enum FileHead {
    /// So many bytes are looked at.
    static let size = 4_096

    /// Beginnings of compressed files: gzip, zstd, xz, bzip2, zip, and of programs.
    private static let magics: [[UInt8]] = [
        [0x1f, 0x8b], [0x28, 0xb5, 0x2f, 0xfd], [0xfd, 0x37, 0x7a, 0x58], [0x42, 0x5a, 0x68], [0x50, 0x4b, 0x03, 0x04],
        [0x7f, 0x45, 0x4c, 0x46],
    ]
    /// More control characters than one in so many bytes are in no text.
    private static let textPerControl = 10

    /// Whether a file that begins like this is text. Zeros don't count: a file that was cut off under its writer has them.
    static func isText(_ head: [UInt8]) -> Bool {
        if magics.contains(where: { head.starts(with: $0) }) { return false }
        let text = head.filter { $0 != 0 }
        // Tab to carriage return, and the escape of colours.
        let controls = text.count { $0 < 0x20 && !(0x09...0x0d).contains($0) && $0 != 0x1b }
        // A character may be cut in two at the end.
        let broken = String(decoding: text, as: UTF8.self).unicodeScalars.count { $0 == "\u{fffd}" }
        return textPerControl * controls <= text.count && 3 * broken <= text.count + 12
    }

    /// How the file is written; nil when its first line has not ended yet.
    static func format(_ head: [UInt8], isWhole: Bool) -> EngineConfiguration.FileFormat? {
        let text = head.drop { $0 == 0 || $0 == 0x0a || $0 == 0x0d }
        guard text.contains(0x0a) || head.count >= size || isWhole else { return nil }
        let line = String(decoding: text.prefix { $0 != 0x0a }, as: UTF8.self)
        if line.hasPrefix("{") {
            return line.contains("\"log\":") && line.contains("\"time\":") ? .docker : .json
        }
        if line.hasPrefix("__CURSOR=") || line.hasPrefix("__REALTIME_TIMESTAMP=") { return .journald }
        let words = line.split(separator: " ", maxSplits: 3)
        let isCRI =
            words.count >= 3 && ["stdout", "stderr"].contains(words[1]) && ["F", "P"].contains(words[2].prefix(1))
            && Timestamp(iso8601: words[0]) != nil
        return isCRI ? .cri : .raw
    }
}
