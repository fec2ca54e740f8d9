package import AuspexSignals

/// A tar archive in the form of POSIX (ustar), which every unpacker reads.
package struct TarArchive: Sendable {
    /// Why a file does not fit.
    package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    private static let blockSize = 512
    /// Longest name in bytes, and most bytes of a file: eleven octal digits.
    private static let longestName = 100
    private static let mostBytes = 0o777_7777_7777

    private var blocks: [UInt8] = []

    /// An archive with nothing in it.
    package init() {}

    /// Adds a file, readable for its owner only, that belongs to nobody in particular.
    ///
    /// - Parameters:
    ///   - name: Its path within the archive: ASCII, relative, at most 100 bytes.
    ///   - bytes: What is in it.
    ///   - time: When it was changed; before 1970 counts as 1970.
    /// - Throws: ``Problem`` for a name or a size that the form does not have.
    package mutating func add(_ name: String, _ bytes: [UInt8], changed time: Timestamp) throws(Problem) {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard name.utf8.count <= Self.longestName, name.utf8.allSatisfy({ (0x21...0x7e).contains($0) }),
            parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." })
        else { throw Problem(description: "'\(name)' cannot name a file in an archive") }
        guard bytes.count <= Self.mostBytes else { throw Problem(description: "\(name) is too large for an archive") }
        let seconds = Int(clamping: max(0, time.milliseconds / 1_000))
        blocks += Self.header(name, size: bytes.count, seconds: min(seconds, Self.mostBytes))
        blocks += bytes
        blocks += [UInt8](repeating: 0, count: (Self.blockSize - bytes.count % Self.blockSize) % Self.blockSize)
    }

    /// The archive with its end: two empty blocks.
    package var bytes: [UInt8] { blocks + [UInt8](repeating: 0, count: 2 * Self.blockSize) }

    /// The header of a file (IEEE Std 1003.1, pax, "ustar Interchange Format").
    private static func header(_ name: String, size: Int, seconds: Int) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: blockSize)
        func set(_ offset: Int, _ text: some Sequence<UInt8>) {
            for (place, byte) in text.enumerated() { header[offset + place] = byte }
        }
        set(0, name.utf8)
        set(100, octal(0o600, digits: 7))
        set(108, octal(0, digits: 7))
        set(116, octal(0, digits: 7))
        set(124, octal(size, digits: 11))
        set(136, octal(seconds, digits: 11))
        // The sum counts its own place as blanks.
        set(148, [UInt8](repeating: UInt8(ascii: " "), count: 8))
        set(156, "0".utf8)
        set(257, "ustar".utf8)
        set(263, "00".utf8)
        let sum = header.reduce(0) { $0 + Int($1) }
        set(148, octal(sum, digits: 6) + [0, UInt8(ascii: " ")])
        return header
    }

    private static func octal(_ number: Int, digits: Int) -> [UInt8] {
        let text = String(number, radix: 8)
        return Array((String(repeating: "0", count: max(0, digits - text.count)) + text).utf8)
    }
}
