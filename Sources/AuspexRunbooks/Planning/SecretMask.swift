import AuspexSignals
import Foundation

/// Replaces secret values in texts that will be shown or stored.
package struct SecretMask: Hashable, Sendable {
    /// What stands in a secret's place.
    package static let mask = "******"
    /// Values shorter than this are not looked for: masking every `1` would hide nothing and spoil everything.
    private static let shortest = 4
    /// What stands in place of a character that was cut in two (U+FFFD in UTF-8).
    private static let replacement: [UInt8] = [0xef, 0xbf, 0xbd]

    /// The forms to look for, longest first.
    private let forms: [String]

    /// Looks for `values`, and for their base64, percent-encoded and JSON-escaped forms.
    package init(_ values: [String]) {
        var forms: Set<String> = []
        for value in values where value.count >= Self.shortest {
            forms.insert(value)
            forms.insert(Data(value.utf8).base64EncodedString())
            for plain in [.alphanumerics, Planner.plainInPaths] {
                if let encoded = value.addingPercentEncoding(withAllowedCharacters: plain) { forms.insert(encoded) }
            }
            forms.formUnion(Self.escaped(value))
        }
        self.forms = forms.sorted { ($0.count, $0) > ($1.count, $1) }
    }

    /// The text with every secret replaced.
    package func masked(_ text: String) -> String {
        forms.reduce(text) { $0.replacing($1, with: Self.mask) }
    }

    /// The value with every secret in it replaced, also one that is a number.
    func masked(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): return .array(elements.map(masked))
        case .object(let members): return .object(members.mapValues(masked))
        default:
            let text = Parameter.text(value)
            let shown = masked(text)
            return shown == text ? value : .string(shown)
        }
    }

    /// The output with every secret replaced. Where something was dropped between head and tail, a secret may have been
    /// cut: what may be its beginning or end is dropped, too.
    func masked(_ output: CapturedText) -> CapturedText {
        var shown = output
        shown.head = masked(output.head)
        shown.tail = masked(output.tail)
        guard output.droppedBytes > 0 else { return shown }
        let forms = forms.map { Array($0.utf8) }
        let head = Self.withoutCut(Array(shown.head.utf8), forms, Self.replacement)
        let tail = Self.withoutCut(shown.tail.utf8.reversed(), forms.map { $0.reversed() }, Self.replacement.reversed())
        shown.droppedBytes += shown.head.utf8.count - head.count + shown.tail.utf8.count - tail.count
        shown.head = String(decoding: head, as: UTF8.self)
        shown.tail = String(decoding: tail.reversed(), as: UTF8.self)
        return shown
    }

    /// The text without the longest end with which one of the forms begins, and without the rest of a character that
    /// was cut there.
    private static func withoutCut(_ text: [UInt8], _ forms: [[UInt8]], _ replacement: [UInt8]) -> ArraySlice<UInt8> {
        var text = text[...]
        while text.suffix(replacement.count).elementsEqual(replacement) { text.removeLast(replacement.count) }
        let cut = forms.map { form in
            (0...min(form.count, text.count)).last { text.suffix($0).elementsEqual(form.prefix($0)) } ?? 0
        }
        return text.dropLast(cut.max() ?? 0)
    }

    /// The ways in which programs write a text between the quotation marks of a JSON text: with the slash as it is or
    /// escaped, and with other characters than ASCII as they are or as their UTF-16 numbers.
    private static func escaped(_ value: String) -> [String] {
        let plain = String(JSONValue.string(value).canonicalText.dropFirst().dropLast())
        let ascii = plain.unicodeScalars.map { scalar in
            scalar.isASCII ? String(scalar) : scalar.utf16.map(Self.number).joined()
        }.joined()
        return [plain, ascii].flatMap { [$0, $0.replacing("/", with: "\\/")] }
    }

    private static func number(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
