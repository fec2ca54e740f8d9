import AuspexSignals
import CryptoExtras
import Foundation

/// A GitHub App, which proves itself by tokens that it signs with its private key.
package struct GitHubApp: Sendable {
    /// How far before now a token begins, for clocks that go wrong (as GitHub advises).
    static let backdating = TimeSpan.seconds(60)
    /// How long after now a token is good. GitHub takes at most 10 minutes.
    static let life = TimeSpan.minutes(9)

    /// The app's id or client id.
    package let id: String
    private let key: _RSA.Signing.PrivateKey

    /// Creates an app.
    ///
    /// - Parameters:
    ///   - id: The app's id or client id.
    ///   - pem: Its private key as GitHub hands it out. Line breaks may be blanks, as in an environment variable.
    /// - Throws: ``KeyError`` when that is no RSA key of 2,048 bits or more.
    package init(id: String, privateKey pem: String) throws(KeyError) {
        self.id = id
        do {
            key = try _RSA.Signing.PrivateKey(pemRepresentation: Self.unfolded(pem))
        } catch {
            throw KeyError()
        }
    }

    /// Why a key is refused. It says nothing of the key.
    package struct KeyError: Error, Hashable, CustomStringConvertible {
        package var description: String {
            "this is no RSA private key in PEM with at least 2048 bits; take the file that GitHub made for the app"
        }
    }

    /// The text with the line breaks that PEM needs.
    private static func unfolded(_ pem: String) -> String {
        let dashes = "-----"
        let parts = pem.components(separatedBy: dashes)
        guard parts.count == 5, parts[1].hasPrefix("BEGIN "), parts[3].hasPrefix("END ") else { return pem }
        var base64 = parts[2].filter { !$0.isWhitespace }[...]
        var lines = [dashes + parts[1] + dashes]
        while !base64.isEmpty {
            lines.append(String(base64.prefix(64)))
            base64 = base64.dropFirst(64)
        }
        return (lines + [dashes + parts[3] + dashes, ""]).joined(separator: "\n")
    }

    /// A token that proves that it is the app (RFC 7519, signed with RS256).
    func token(at now: Timestamp) throws -> String {
        let header = #"{"alg":"RS256","typ":"JWT"}"#
        let claims = JSONValue.object([
            "iat": .int((now - Self.backdating).milliseconds / 1_000),
            "exp": .int((now + Self.life).milliseconds / 1_000), "iss": .string(id),
        ])
        let signed = Self.base64URL(Data(header.utf8)) + "." + Self.base64URL(Data(claims.canonicalText.utf8))
        let signature = try key.signature(for: Data(signed.utf8), padding: .insecurePKCS1v1_5)
        return signed + "." + Self.base64URL(signature.rawRepresentation)
    }

    private static func base64URL(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
