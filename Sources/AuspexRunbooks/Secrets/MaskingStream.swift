/// Masks a text that comes in pieces, split anywhere: no byte of a secret passes, whatever piece it is in.
///
/// It holds back the last few bytes, ``SecretMask/window`` less one, until more come or the text is over.
package struct MaskingStream: Sendable {
    private let mask: SecretMask
    private var held: [UInt8] = []
    /// How many of the bytes that are held, from the first on, belong to a secret.
    private var covered = 0
    /// Whether the byte before the first that is held belonged to one.
    private var isInside = false

    /// A stream at its beginning.
    package init(_ mask: SecretMask) {
        self.mask = mask
    }

    /// Takes the next piece in.
    ///
    /// - Returns: What can be shown by now.
    package mutating func append(_ bytes: [UInt8]) -> [UInt8] {
        guard !mask.isEmpty else { return bytes }
        held += bytes
        return show(held.count - (SecretMask.window - 1))
    }

    /// Ends the text.
    ///
    /// - Returns: What is left to be shown.
    package mutating func finish() -> [UInt8] { show(held.count) }

    /// Shows the first bytes that are held. All secrets that begin among them are whole, or the text is over.
    private mutating func show(_ count: Int) -> [UInt8] {
        guard count > 0 else { return [] }
        var shown: [UInt8] = []
        shown.reserveCapacity(count)
        for position in 0..<count {
            covered = max(covered, position + mask.match(in: held, at: position))
            if position >= covered {
                shown.append(held[position])
                isInside = false
            } else if !isInside {
                shown += SecretMask.mask.utf8
                isInside = true
            }
        }
        held.removeFirst(count)
        covered = max(0, covered - count)
        return shown
    }
}
