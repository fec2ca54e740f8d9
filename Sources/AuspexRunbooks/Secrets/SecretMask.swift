package import AuspexSignals

/// Replaces secret values in texts that will be shown or stored.
///
/// A form of a secret that is no longer than ``window`` is found where all of it stands; of a longer one any `window`
/// bytes in a row are found, so that a long secret is also found where it was cut or broken into lines. Where forms
/// overlap, no byte of any of them is left.
package struct SecretMask: Hashable, Sendable {
    /// What stands in a secret's place.
    package static let mask = "******"
    /// Fewest bytes of a secret: masking every `1` would hide nothing and spoil everything.
    package static let shortest = 4
    /// Bytes of a long form that are enough to know it by. Sixteen bytes of a secret are not met by chance, and of what is
    /// left over at the end of a cut nobody can guess the rest.
    static let window = 16
    /// What stands in place of a character that was cut in two (U+FFFD in UTF-8).
    private static let replacement: [UInt8] = [0xef, 0xbf, 0xbd]
    /// What ends a text that was cut (U+2026).
    private static let ellipsis = "…"

    private let index: FormIndex

    /// Looks for `values` and for the ways in which programs write them (``SecretForms``). Values that are too short to
    /// be looked for are not; whoever takes a secret in refuses those.
    package init(_ values: [String]) {
        var forms: Set<[UInt8]> = []
        for value in values where value.utf8.count >= Self.shortest { forms.formUnion(SecretForms.all(of: value)) }
        index = FormIndex(forms)
    }

    /// Whether there is nothing to look for.
    package var isEmpty: Bool { index.isEmpty }

    /// The number of bytes at `position` of `bytes` that a secret covers, from that position on; 0 for none.
    func match(in bytes: [UInt8], at position: Int) -> Int { index.match(in: bytes, at: position) }

    /// The text with every secret replaced.
    package func masked(_ text: String) -> String {
        guard !isEmpty else { return text }
        return String(decoding: masked(Array(text.utf8)), as: UTF8.self)
    }

    /// The bytes with every secret replaced.
    package func masked(_ bytes: [UInt8]) -> [UInt8] {
        guard !isEmpty else { return bytes }
        var stream = MaskingStream(self)
        var shown = stream.append(bytes)
        shown += stream.finish()
        return shown
    }

    /// The beginning and the end of a text with a gap between them, with every secret replaced. What may be the beginning
    /// or end of one that the gap cuts is dropped.
    ///
    /// - Returns: The two parts, and how many bytes are gone with the gap's edges.
    package func masked(head: [UInt8], tail: [UInt8]) -> (head: [UInt8], tail: [UInt8], dropped: Int) {
        guard !isEmpty else { return (head, tail, 0) }
        let (head, tail) = (masked(head), masked(tail))
        let before = withoutCut(head, index.beginnings, Self.replacement)
        let after = withoutCut(tail.reversed(), index.reversedEnds, Self.replacement.reversed())
        return (Array(before), after.reversed(), head.count - before.count + tail.count - after.count)
    }

    /// The value with every secret in it replaced, also one that is a number or a member's name.
    package func masked(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): return .array(elements.map(masked))
        case .object(let members):
            let shown = members.map { (masked($0.key), masked($0.value)) }
            return .object(Dictionary(shown) { first, _ in first })
        default:
            let text = Parameter.text(value)
            let shown = masked(text)
            return shown == text ? value : .string(shown)
        }
    }

    /// The result with every secret in its texts replaced.
    package func masked(_ result: OperationResult) -> OperationResult {
        guard !isEmpty else { return result }
        var shown = result
        shown.reason = masked(reason: result.reason)
        shown.output = masked(result.output)
        shown.errorOutput = masked(result.errorOutput)
        return shown
    }

    /// The output with every secret replaced. Where something was dropped between head and tail, a secret may have been
    /// cut: what may be its beginning or end is dropped, too.
    package func masked(_ output: CapturedText) -> CapturedText {
        guard !isEmpty else { return output }
        var shown = output
        shown.head = masked(output.head)
        shown.tail = masked(output.tail)
        guard output.droppedBytes > 0 else { return shown }
        let head = withoutCut(Array(shown.head.utf8), index.beginnings, Self.replacement)
        let tail = withoutCut(shown.tail.utf8.reversed(), index.reversedEnds, Self.replacement.reversed())
        shown.droppedBytes += shown.head.utf8.count - head.count + shown.tail.utf8.count - tail.count
        shown.head = String(decoding: head, as: UTF8.self)
        shown.tail = String(decoding: tail.reversed(), as: UTF8.self)
        return shown
    }

    /// A reason with every secret replaced, also one that the end of the text, marked by `…`, cuts.
    private func masked(reason: String) -> String {
        let shown = masked(reason)
        guard shown.hasSuffix(Self.ellipsis) else { return shown }
        let whole = withoutCut(Array(shown.dropLast().utf8), index.beginnings, Self.replacement)
        return String(decoding: whole, as: UTF8.self) + Self.ellipsis
    }

    /// The text without the longest end with which a secret begins, and without the rest of a character that was cut
    /// there.
    private func withoutCut(
        _ text: [UInt8], _ beginnings: Set<[UInt8]>, _ replacement: [UInt8]
    ) -> ArraySlice<UInt8> {
        var text = text[...]
        while text.suffix(replacement.count).elementsEqual(replacement) { text.removeLast(replacement.count) }
        let cut = (1...Self.window).last { $0 <= text.count && beginnings.contains(Array(text.suffix($0))) }
        return text.dropLast(cut ?? 0)
    }
}
