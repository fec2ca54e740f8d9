package import AuspexRunbooks
import Foundation

/// What commands print, while they run and until their spools are tidied away.
///
/// Everything that is shown is masked and harmless for terminals. Positions count in what is shown, so they can be handed
/// out: nobody sees more by asking for another one.
package struct LiveOutput: Sendable {
    /// Bytes of each output that can be looked at while a command runs (1 MiB). Of what is longer the end is shown when
    /// the command is over.
    package static let mostBytes = 1 << 20
    /// Bytes that one look may give, where nothing else is asked for.
    package static let usualBytes = 1 << 16
    /// What stands between the beginning and the end of an output that was too long to keep.
    private static let gap = "\n[… not kept …]\n"

    /// One of a command's outputs.
    package typealias Channel = StepOutput.Channel

    /// What one look gives.
    package struct Piece: Hashable, Sendable {
        /// The text from the position that was asked for on.
        package var text: String
        /// The position after it, for the next look.
        package var next: Int
        /// Whether there is more already, so that the next look need not wait.
        package var hasMore: Bool
        /// How the command ended, masked and without its outputs; nil as long as it runs.
        package var end: OperationResult?
    }

    private let spool: String

    /// Looks into the spools of one engine.
    ///
    /// - Parameter spool: The directory of ``ProcessConfiguration/spool``.
    package init(spool: String) {
        self.spool = spool
    }

    /// The number of the newest repetition of an act, as ``OperationID/poll`` has it; 0 where it was not done again.
    package func newestRepetition(of id: OperationID) -> Int { SpoolDirectory.newestRepetition(of: id, in: spool) }

    /// What an operation has printed, from a position on.
    ///
    /// The whole output, which is bounded, is read and masked each time: a secret that was printed in two pieces is masked
    /// like any other, and the beginning of one that may still be on its way is not shown yet.
    ///
    /// - Parameters:
    ///   - id: The operation.
    ///   - channel: Which of its outputs.
    ///   - position: 0, or ``Piece/next`` of the last look.
    ///   - limit: Most bytes to give; at least one character is given if there is any.
    ///   - mask: Replaces secrets. Of a text with dropped bytes it leaves out what may be the beginning of one.
    /// - Returns: nil when nothing is kept of the operation: it never began, it only read and is over, or its time in the
    ///   spool is over.
    package func read(
        _ id: OperationID, _ channel: Channel, from position: Int = 0, limit: Int = Self.usualBytes,
        mask: (CapturedText) -> CapturedText
    ) -> Piece? {
        guard let directory = SpoolDirectory.existing(id, in: spool) else { return nil }
        // In this order: what was printed before the status was written is then in the file.
        let status = directory.status
        let printed = directory.printed(channel.rawValue, limit: Self.mostBytes)
        let shown = Array(text(printed, status, channel, mask).utf8)
        let start = Self.boundary(min(max(0, position), shown.count), in: shown)
        var end = Self.boundary(start + min(max(0, limit), shown.count - start), in: shown)
        // Of a limit that is smaller than a character.
        if end == start, start < shown.count {
            end = (start + 1..<shown.count).first { !Self.isInside(shown[$0]) } ?? shown.count
        }
        return Piece(
            text: String(decoding: shown[start..<end], as: UTF8.self), next: end, hasMore: end < shown.count,
            end: status.map { Self.end($0, mask) })
    }

    /// All that is to be shown of an output by now.
    private func text(
        _ printed: [UInt8], _ status: ExecStatus?, _ channel: Channel, _ mask: (CapturedText) -> CapturedText
    ) -> String {
        let isCut = status == nil || printed.count >= Self.mostBytes
        let whole = isCut ? Self.withoutPart(printed[...]) : printed[...]
        let beginning = mask(CapturedText(head: String(decoding: whole, as: UTF8.self), droppedBytes: isCut ? 1 : 0))
        guard let status, isCut else { return beginning.head.harmless }
        let kept = channel == .output ? status.output : status.errorOutput
        // Without a tail nothing was dropped, so all of it is in the head, longer than what the spool takes.
        let rest = kept.tail.isEmpty ? CapturedText(head: "", tail: kept.head, droppedBytes: 1) : kept
        return (beginning.head + Self.gap + mask(rest).tail).harmless
    }

    /// The bytes without what may be the beginning of something that is shown otherwise when the rest of it is there: the
    /// first bytes of a character, or half a line end.
    private static func withoutPart(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        /// The longest character of UTF-8 has four bytes.
        let longest = 4
        if bytes.last == UInt8(ascii: "\r") { return bytes.dropLast() }
        guard let start = bytes.suffix(longest).lastIndex(where: { !isInside($0) }) else { return bytes }
        let length = bytes[start] >= 0xf0 ? 4 : bytes[start] >= 0xe0 ? 3 : bytes[start] >= 0xc0 ? 2 : 1
        return bytes.endIndex - start < length ? bytes[..<start] : bytes
    }

    private static func end(_ status: ExecStatus, _ mask: (CapturedText) -> CapturedText) -> OperationResult {
        var result = status.result(expecting: [0], timeout: "its time")
        result.reason = mask(CapturedText(head: result.reason)).head.harmless
        (result.output, result.errorOutput) = (CapturedText(), CapturedText())
        return result
    }

    /// The last position up to `position` at which a character begins.
    private static func boundary(_ position: Int, in text: [UInt8]) -> Int {
        var position = position
        while position > 0, position < text.count, isInside(text[position]) { position -= 1 }
        return position
    }

    /// Whether a byte of UTF-8 belongs to a character that began before it.
    private static func isInside(_ byte: UInt8) -> Bool { byte & 0xc0 == 0x80 }
}
