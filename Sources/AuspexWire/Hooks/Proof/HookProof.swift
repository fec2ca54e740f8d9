import AuspexSignals
import Foundation

/// One way in which a sender may prove itself.
struct HookProof: Sendable {
    /// How the secret is used.
    enum Scheme: Sendable {
        /// The body is signed in hexadecimal digits.
        case hexadecimal(HexSignature)
        /// Id, time and body are signed as Standard Webhooks say.
        case standard
        /// The header holds the secret itself.
        case token(header: String)
        /// The secret is the bearer token, or the password of basic authentication with any user.
        case authorization
        /// As ``authorization``; without that header the secret stands in the body's `metadata.token`.
        case metadata
    }

    private static let authorizationHeader = "Authorization"
    /// A body that holds a token is read before its sender is known, so it may not be long.
    private static let largestUnproved = HookLimits(bytes: 1 << 20, depth: 16, values: 10_000)

    let scheme: Scheme
    let secrets: WebhookSecrets

    init(_ key: HookKey, _ secrets: WebhookSecrets) {
        self.secrets = secrets
        scheme =
            switch key {
            case .githubSecret: .hexadecimal(.github)
            case .circleciSecret: .hexadecimal(.circleCI)
            case .gitlabCheckSecret: .hexadecimal(.gitLabCheck)
            case .gitlabToken: .token(header: "X-Gitlab-Token")
            case .gitlabSigningToken, .cdeventsSecret, .genericSecret: .standard
            case .flaggerToken: .metadata
            case .jenkinsToken, .argocdToken, .spinnakerToken, .cdeventsToken, .genericToken: .authorization
            }
    }

    /// The header that holds the proof.
    var header: String {
        switch scheme {
        case .hexadecimal(let signature): signature.header
        case .standard: StandardSignature.header
        case .token(let header): header
        case .authorization, .metadata: Self.authorizationHeader
        }
    }

    /// Whether the sender has tried to prove itself in this way.
    func isGiven(_ headers: HookHeaders) -> Bool {
        if case .metadata = scheme { return true }
        return !headers[header].isEmpty
    }

    /// Verifies the proof.
    func verify(_ headers: HookHeaders, _ body: Data, now: Timestamp) throws(HookError) {
        switch scheme {
        case .hexadecimal(let signature):
            guard let value = try headers.single(header) else { throw .missingProof(expected: [header]) }
            try signature.verify(value, body: body, secrets: secrets)
        case .standard: try StandardSignature.verify(headers, body: body, secrets: secrets, now: now)
        case .token:
            guard let value = try headers.single(header) else { throw .missingProof(expected: [header]) }
            guard secrets.accept(token: Data(value.utf8)) else { throw .wrongProof(header) }
        case .authorization:
            guard let value = try headers.single(header) else { throw .missingProof(expected: [header]) }
            try verify(authorization: value)
        case .metadata:
            if let value = try headers.single(header) { return try verify(authorization: value) }
            try verify(metadata: body)
        }
    }

    private func verify(authorization value: String) throws(HookError) {
        let parts = value.split(separator: " ", maxSplits: 1)
        guard let scheme = parts.first?.lowercased(), parts.count == 2 else {
            throw .malformedProof(header: header, reason: "is neither 'Bearer <token>' nor 'Basic <base64>'")
        }
        switch scheme {
        case "bearer":
            guard secrets.accept(token: Data(parts[1].utf8)) else { throw .wrongProof(header) }
        case "basic":
            guard let pair = Data(base64Encoded: String(parts[1])), let colon = pair.firstIndex(of: UInt8(ascii: ":"))
            else {
                throw .malformedProof(header: header, reason: "has no 'user:password' in base64 after 'Basic'")
            }
            guard secrets.accept(token: pair[pair.index(after: colon)...]) else { throw .wrongProof(header) }
        default: throw .malformedProof(header: header, reason: "must begin with 'Bearer' or 'Basic'")
        }
    }

    private func verify(metadata body: Data) throws(HookError) {
        let place = "metadata.token"
        let expected = HookError.missingProof(expected: [header, "'\(place)' in the body"])
        guard let value = try? HookBody.parse(body, limits: Self.largestUnproved),
            let token = value["metadata"]?["token"]?.string, !token.isEmpty
        else { throw expected }
        guard secrets.accept(token: Data(token.utf8)) else { throw .wrongProof(place) }
    }
}
