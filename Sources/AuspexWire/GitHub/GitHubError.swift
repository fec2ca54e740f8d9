/// Why a delivery from GitHub is refused.
package enum GitHubError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no `X-Hub-Signature-256`.
    case missingSignature
    /// A header that may occur once occurs more often.
    case duplicateHeader(String)
    /// The signature does not begin with `sha256=`.
    case unsupportedSignatureScheme
    /// The signature has not 64 digits.
    case signatureLength(digits: Int)
    /// The signature has characters that are no hexadecimal digits.
    case malformedSignature
    /// The signature is well-formed and belongs to another body or another secret.
    case wrongSignature
    /// A header that GitHub always sends is missing or empty.
    case missingHeader(String)
    /// A header has characters or a length that GitHub never sends.
    case malformedHeader(String)
    /// The webhook is set to form encoding.
    case unsupportedContentType(String)
    /// The body is longer than the limit.
    case bodyTooLarge(bytes: Int, limit: Int)
    /// The body is nested deeper than the limit.
    case nestedTooDeeply(limit: Int)
    /// The body is not JSON or not the event that the header announces.
    case malformedPayload(event: String, path: String, reason: String)

    /// What was wrong and what would be right. Nothing of a signature or a secret is repeated.
    package var description: String {
        switch self {
        case .missingSignature:
            "X-Hub-Signature-256 is missing: set the webhook's secret at GitHub to the one configured here"
        case .duplicateHeader(let name):
            "\(name) occurs more than once"
        case .unsupportedSignatureScheme:
            "X-Hub-Signature-256 does not begin with 'sha256='"
        case .signatureLength(let digits):
            "X-Hub-Signature-256 has \(digits) digits after 'sha256=', expected 64"
        case .malformedSignature:
            "X-Hub-Signature-256 is not hexadecimal after 'sha256='"
        case .wrongSignature:
            "X-Hub-Signature-256 does not match the body: the secret at GitHub differs from the one configured here,"
                + " or something on the way has changed the body"
        case .missingHeader(let name):
            "the header \(name) is missing: this does not come from a GitHub webhook"
        case .malformedHeader(let name):
            "the header \(name) is not one that GitHub sends"
        case .unsupportedContentType(let type):
            "Content-Type '\(type)' is not supported: set the webhook's content type at GitHub to application/json"
        case .bodyTooLarge(let bytes, let limit):
            "the body has \(bytes) bytes, the limit is \(limit)"
        case .nestedTooDeeply(let limit):
            "the body is nested deeper than \(limit) levels"
        case .malformedPayload(let event, let path, let reason):
            "not a '\(event)' event\(path.isEmpty ? "" : ", at \(path)"): \(reason)"
        }
    }

    /// The HTTP status to answer with.
    package var status: Int {
        switch self {
        case .missingSignature, .unsupportedSignatureScheme, .signatureLength, .malformedSignature, .wrongSignature: 401
        case .bodyTooLarge: 413
        case .unsupportedContentType: 415
        case .duplicateHeader, .missingHeader, .malformedHeader, .nestedTooDeeply, .malformedPayload: 400
        }
    }
}
