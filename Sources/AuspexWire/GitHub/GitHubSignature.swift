package import Foundation

/// The header `X-Hub-Signature-256`: `sha256=` and the 64 hexadecimal digits of the HMAC-SHA256 of the raw body.
///
/// Digits in upper case are accepted too; what is compared are the bytes that they stand for.
///
/// Source: GitHub, Validating webhook deliveries.
package enum GitHubSignature {
    private static let scheme = "sha256="
    /// Bytes of a SHA-256 digest.
    private static let digestBytes = 32

    /// Verifies the signature before anything of the body is looked at.
    ///
    /// - Parameters:
    ///   - headers: All values of the header in the request. More than one is refused: which of them a proxy in
    ///     between has checked is anybody's guess.
    ///   - body: The body exactly as received.
    ///   - secrets: The secrets that count.
    package static func verify(
        headers: [String], body: some DataProtocol, secrets: WebhookSecrets
    ) throws(GitHubError) {
        guard let header = headers.first else { throw .missingSignature }
        guard headers.count == 1 else { throw .duplicateHeader("X-Hub-Signature-256") }
        guard header.hasPrefix(scheme) else { throw .unsupportedSignatureScheme }
        let digits = header.utf8.dropFirst(scheme.utf8.count)
        guard digits.count == digestBytes * 2 else { throw .signatureLength(digits: digits.count) }
        guard let signature = bytes(hexadecimal: digits) else { throw .malformedSignature }
        guard secrets.accept(signature, of: body) else { throw .wrongSignature }
    }

    /// The header's value for `body`, signed with the current secret.
    package static func header(for body: some DataProtocol, secrets: WebhookSecrets) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let text = secrets.sign(body).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return scheme + String(decoding: text, as: UTF8.self)
    }

    private static func bytes(hexadecimal digits: some Collection<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in digits {
            let value: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = digit - UInt8(ascii: "A") + 10
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return high == nil ? bytes : nil
    }
}
