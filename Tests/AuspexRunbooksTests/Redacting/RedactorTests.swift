import AuspexPatterns
import AuspexRunbooks
import AuspexTesting
import Foundation
import Testing

@Suite struct RedactorTests {
    private static let secret = "hunter2-S3cr3t"

    /// Texts with the secret in them.
    static let texts = [
        "password=\(secret)", "PASSWORD: \(secret)", "db_passwd = \(secret)",
        #"{"password":"\#(secret)","user":"bob"}"#,
        #"{\"api_key\": \"\#(secret)\", \"n\": 1}"#, "api-key: '\(secret)'", "apikey=\(secret)&x=1",
        "Authorization: Bearer \(secret)", "authorization: Basic \(secret)", "Proxy-Authorization=\(secret) x",
        "Cookie: session=\(secret); a=b", "bearer \(secret)", "token: \"\(secret)\"", "client_secret => \(secret)",
        "mysql --password \(secret) db", "[\"--token\", \"\(secret)\"]", "--api-key=\(secret)",
        "postgres://app:\(secret)@db:5432/x", "amqp://\(secret)@mq/", "https://u:a/\(secret)@h/p",
        "AccountKey=\(secret);EndpointSuffix=x", "<password>\(secret)</password>",
        "<db.secret-key>\(secret)</db.secret-key>",
        "passphrase: my long \(secret) phrase", "password: |\n    \(secret)\n    more-\(secret)\nnext: 1",
        "PGPASSWORD=\(secret)\u{0}HOME=/", "--password\u{0}\(secret)\u{0}x", "x\\\"token\\\":\\\"\(secret)\\\",",
        "password=\"a\\\"\(secret)\"", "password='\(secret)", "connection_string=Host=a;Password=\(secret)",
        "-----BEGIN RSA PRIVATE KEY-----\n\(secret)\n-----END RSA PRIVATE KEY-----\nafter",
        "-----BEGIN OPENSSH PRIVATE KEY-----\n\(secret)", "\(secret)\n-----END EC PRIVATE KEY-----\n",
        "-----BEGIN PGP PRIVATE KEY BLOCK-----\\n\(secret)\\n-----END PGP PRIVATE KEY BLOCK-----",
    ]

    @Test("a secret behind its name, in its form or in its block is masked", arguments: texts)
    func masked(text: String) throws {
        let shown = try Redactor().redacted(text)
        #expect(!shown.contains(Self.secret), "\(shown)")
        #expect(shown.contains(SecretMask.mask))
    }

    @Test(
        "tokens are known by their form",
        arguments: [
            "ghp_" + String(repeating: "a1", count: 18), "glpat-abcdefghij0123456789", "xoxb-1234567890-abc",
            "AKIAIOSFODNN7EXAMPLE", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_", "sk-abcdefghijklmnopqrstuv",
            "https://hooks.slack.com/services/T0/B0/x",
        ])
    func forms(token: String) throws {
        let shown = try Redactor().redacted("see \(token) here")
        #expect(shown == "see \(SecretMask.mask) here")
    }

    @Test("what is no secret stays as it is")
    func harmless() throws {
        let text = """
            Filesystem 1024-blocks Used Available Capacity Mounted on
            /dev/sda1 41152736 8123456 31245678 21% /var
            GET http://lb.internal:8080/health?x=1 200
            author: Jane; keyboard=us; 12:30:00 started
            -----BEGIN CERTIFICATE-----
            MIIB
            -----END CERTIFICATE-----

            """
        #expect(try Redactor().redacted(text) == text)
        let rest = try Redactor().redacted("{\"token\": \"x\", \"user\": \"bob\"}\nnext")
        #expect(rest == "{\"token\": \"\(SecretMask.mask)\", \"user\": \"bob\"}\nnext")
    }

    @Test("own patterns are masked, and with none nothing else is")
    func ownPatterns() throws {
        let redactor = try Redactor(.none, patterns: ["[0-9]{4}-[0-9]{4}"])
        #expect(redactor.redacted("card 1234-5678 password=x") == "card \(SecretMask.mask) password=x")
        #expect(throws: LinearPatternError.self) { try Redactor(.standard, patterns: ["("]) }
        let bytes: [UInt8] = [0xff, 0x00, 0xc3, 0x28]
        #expect(try Redactor(.none).redacted(bytes) == bytes)
    }

    @Test("next to a gap, what may be part of a secret is dropped")
    func gap() throws {
        let shown = try Redactor().redacted(
            head: Array("first\npassw".utf8), tail: Array("\(Self.secret) and more\nlast\n".utf8))
        #expect(String(decoding: shown.head, as: UTF8.self) == "first\n")
        #expect(String(decoding: shown.tail, as: UTF8.self) == "last\n")
        #expect(shown.dropped == "passw".utf8.count + Self.secret.utf8.count + " and more\n".utf8.count)
        let endless = [UInt8](repeating: UInt8(ascii: "x"), count: 10_000)
        let cut = try Redactor().redacted(head: endless, tail: endless)
        #expect(cut.head.count == 10_000 - 4_096 && cut.tail.count == 10_000 - 4_096)
    }

    @Test("whatever bytes are around it, a secret on lines of its own is masked")
    func anyBytes() throws {
        let redactor = try Redactor()
        // Where a block begins is not known of one that follows another, so that piece only stands by itself.
        let whole = Self.texts.filter { !$0.hasPrefix(Self.secret) }
        let pieces =
            whole.map { $0.replacing(Self.secret, with: "x") }.map { Array($0.utf8) }
            + [[0xff], [0x5c], [0x22], [0x27], [0x0a], [0], [0xe2, 0x82]]
        var random = SplitMix64(seed: 8)
        func noise() -> [UInt8] {
            (0..<6).flatMap { _ in
                let piece = pieces[Int(random.next() % UInt64(pieces.count))]
                return piece.prefix(Int(random.next() % UInt64(piece.count + 1)))
            }
        }
        for round in 0..<500 {
            let secret = Array(("\n" + whole[round % whole.count] + "\n").utf8)
            let shown = String(decoding: redactor.redacted(noise() + secret + noise()), as: UTF8.self)
            #expect(!shown.contains(Self.secret), "\(round): \(shown)")
        }
    }

    @Test("a megabyte of what could begin a secret is looked through once")
    func longTexts() throws {
        let redactor = try Redactor(.standard, patterns: ["(a+)+$"])
        for piece in ["://", "token", "-----BEGIN ", "a", "eyJ", "\\\"", "--"] {
            let bytes = Array(String(repeating: piece, count: (1 << 20) / piece.utf8.count).utf8)
            _ = redactor.redacted(bytes)
        }
    }
}
