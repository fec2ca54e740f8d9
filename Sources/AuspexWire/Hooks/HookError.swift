import AuspexSignals

/// Why a delivery is refused.
package enum HookError: Error, Hashable, Sendable, CustomStringConvertible {
    /// No secret is set for the sender; `settings` are those that could be.
    case closed(settings: [String])
    /// None of the headers that prove the sender is there.
    case missingProof(expected: [String])
    /// The header that shall prove the sender has not the form that it should have.
    case malformedProof(header: String, reason: String)
    /// The signature or the token is well-formed and not the right one.
    case wrongProof(String)
    /// The delivery was signed too long ago, or in the future.
    case staleTimestamp(seconds: Int64, tolerance: Int64)
    /// A header that may occur once occurs more often.
    case duplicateHeader(String)
    /// A header that the sender always sends is missing or empty.
    case missingHeader(String)
    /// A header has characters or a length that the sender never sends.
    case malformedHeader(String)
    /// The body is announced as something that is not read.
    case unsupportedContentType(String)
    /// The body is longer than the limit.
    case bodyTooLarge(bytes: Int, limit: Int)
    /// There are more values in the body than the limit.
    case tooManyValues(limit: Int)
    /// The body is not JSON.
    case notJSON(offset: Int, reason: String)
    /// The body is JSON and lacks what is needed, or has something else in its place.
    case malformed(path: String, reason: String)

    /// What was wrong and what would be right. Nothing of a signature or a secret is repeated.
    package var description: String {
        switch self {
        case .closed(let settings):
            "no secret is set for this webhook; set \(settings.map { "hooks.\($0)_file" }.joined(separator: " or "))"
                + " to a file with the secret that the sender has"
        case .missingProof(let expected):
            "the sender proves nothing: \(expected.joined(separator: " or ")) is missing;"
                + " set the secret at the sender to the one configured here"
        case .malformedProof(let header, let reason): "\(header) \(reason)"
        case .wrongProof(let header):
            "\(header) is not right: the secret at the sender differs from the one configured here,"
                + " or something on the way has changed the body"
        case .staleTimestamp(let seconds, let tolerance):
            "webhook-timestamp lies \(seconds) s \(seconds < 0 ? "ahead of" : "behind") this machine's clock, more than "
                + "\(tolerance) s: an old delivery is being repeated, or a clock is wrong"
        case .duplicateHeader(let name): "\(name) occurs more than once"
        case .missingHeader(let name): "the header \(name) is missing: this does not come from the sender of this path"
        case .malformedHeader(let name): "the header \(name) is not one that the sender of this path sends"
        case .unsupportedContentType(let type):
            "Content-Type '\(type)' is not supported: set the webhook's content type to application/json"
        case .bodyTooLarge(let bytes, let limit): "the body has \(bytes) bytes, the limit is \(limit)"
        case .tooManyValues(let limit): "the body has more than \(limit) values"
        case .notJSON(let offset, let reason): "not JSON at byte \(offset): \(reason)"
        case .malformed(let path, let reason): "\(path): \(reason)"
        }
    }

    /// The HTTP status to answer with.
    package var status: Int {
        switch self {
        case .closed: 403
        case .missingProof, .malformedProof, .wrongProof, .staleTimestamp: 401
        case .bodyTooLarge, .tooManyValues: 413
        case .unsupportedContentType: 415
        case .duplicateHeader, .missingHeader, .malformedHeader, .notJSON: 400
        case .malformed: 422
        }
    }
}
