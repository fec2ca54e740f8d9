import Foundation

/// Replaces secret values in texts that will be shown or stored.
package struct SecretMask: Hashable, Sendable {
    /// What stands in a secret's place.
    package static let mask = "******"
    /// Values shorter than this are not looked for: masking every `1` would hide nothing and spoil everything.
    private static let shortest = 4

    /// The forms to look for, longest first.
    private let forms: [String]

    /// Looks for `values`, and for their base64 and percent-encoded forms.
    package init(_ values: [String]) {
        var forms: Set<String> = []
        for value in values where value.count >= Self.shortest {
            forms.insert(value)
            forms.insert(Data(value.utf8).base64EncodedString())
            if let encoded = value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) {
                forms.insert(encoded)
            }
        }
        self.forms = forms.sorted { ($0.count, $0) > ($1.count, $1) }
    }

    /// The text with every secret replaced.
    package func masked(_ text: String) -> String {
        forms.reduce(text) { $0.replacing($1, with: Self.mask) }
    }
}
