import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@Suite struct SecretMaskTests {
    /// Secrets of all lengths around the bound between short and long forms, and with all that encoders treat specially.
    static let secrets = [
        "abcd", "hunter2", "0123456789abcdef", "0123456789abcdefg", "pa ss/wö+rd&<\"'\\>=%", "tab\tand nul-free\u{7f}",
        "\u{1f511} key of a very long name that goes on and on", String(repeating: "a", count: 40),
        "first line of it\nsecond line, longer than the first\n\nlast line", "line one!\r\nline two!",
    ]

    /// What other programs make of a secret.
    static func forms(of secret: String) -> [String] {
        let bytes = Array(secret.utf8)
        let data = Data(bytes)
        let hexadecimal = bytes.map { String(format: "%02x", $0) }.joined()
        var forms = [secret, data.base64EncodedString(), hexadecimal, hexadecimal.uppercased()]
        for set in [CharacterSet.alphanumerics, .urlQueryAllowed, .urlPathAllowed] {
            let ascii = set.intersection(CharacterSet(charactersIn: "\u{0}"..."\u{7e}"))
            forms += [secret.addingPercentEncoding(withAllowedCharacters: ascii)].compactMap { $0 }
        }
        let choices: [JSONSerialization.WritingOptions] = [[], .withoutEscapingSlashes]
        for options in choices.map({ $0.union(.fragmentsAllowed) }) {
            let text = (try? JSONSerialization.data(withJSONObject: secret, options: options)) ?? Data()
            forms.append(String(decoding: text.dropFirst().dropLast(), as: UTF8.self))
        }
        for width in [Data.Base64EncodingOptions.lineLength76Characters, .lineLength64Characters] {
            forms.append(data.base64EncodedString(options: [width, .endLineWithLineFeed]))
        }
        return forms + secret.split(whereSeparator: \.isNewline).map(String.init).filter { $0.utf8.count >= 8 }
    }

    @Test("no form of a secret that programs write is left in a text", arguments: secrets)
    func masksForms(secret: String) {
        let mask = SecretMask([secret])
        for form in Self.forms(of: secret) {
            #expect(mask.masked("<<" + form + ">>") == "<<******>>", "\(form)")
        }
    }

    @Test("a secret is found in the base64 of whatever it is a part of, in both alphabets", arguments: secrets)
    func base64(secret: String) {
        let mask = SecretMask([secret])
        for before in 0..<4 {
            for after in 0..<4 {
                let whole =
                    Array(repeating: UInt8(ascii: "?"), count: before) + Array(secret.utf8)
                    + Array(repeating: UInt8(ascii: ">"), count: after)
                let text = Data(whole).base64EncodedString()
                for form in [text, text.replacing("+", with: "-").replacing("/", with: "_")] {
                    let shown = mask.masked(form)
                    #expect(shown.contains(SecretMask.mask), "\(form)")
                    // No more is left of it than the characters that what stands around it had a part in.
                    let left = shown.replacing(SecretMask.mask, with: "").utf8.count
                    #expect(left <= 4 * ((before + 2) / 3 + (after + 2) / 3) + 3, "\(form): \(shown)")
                }
            }
        }
    }

    @Test("wherever a text is split, the secret never passes, and everything else does")
    func streams() {
        var random = SplitMix64(seed: 8)
        for round in 0..<300 {
            let secret = Self.secrets[round % Self.secrets.count]
            let forms = Self.forms(of: secret)
            let form = forms[Int(random.next() % UInt64(forms.count))]
            let filler = (0..<4).map { _ in String(repeating: "~", count: Int(random.next() % 40)) }
            let text = filler[0] + secret + filler[1] + "|" + form + filler[2] + secret + filler[3]
            let mask = SecretMask([secret])
            var stream = MaskingStream(mask)
            var shown: [UInt8] = []
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                let count = min(rest.count, 1 + Int(random.next() % 9))
                shown += stream.append(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
                #expect(!String(decoding: shown, as: UTF8.self).contains(secret))
            }
            shown += stream.finish()
            let whole = String(decoding: shown, as: UTF8.self)
            #expect(whole == mask.masked(text), "round \(round)")
            #expect(!whole.contains(secret), "round \(round)")
            #expect(whole.count { $0 == "~" } == text.count { $0 == "~" }, "round \(round)")
        }
    }

    @Test("a text split at every byte is masked as it is in one piece", arguments: secrets)
    func everySplit(secret: String) {
        let mask = SecretMask([secret, "another one"])
        let text = Array("an \(secret)another one\(secret) \u{1f511} end of \(secret)".utf8)
        let whole = mask.masked(String(decoding: text, as: UTF8.self))
        #expect(!whole.contains(secret))
        for split in 0...text.count {
            var stream = MaskingStream(mask)
            var shown = stream.append(Array(text[..<split]))
            shown += stream.append(Array(text[split...]))
            shown += stream.finish()
            #expect(String(decoding: shown, as: UTF8.self) == whole, "split at \(split)")
        }
    }

    @Test("where secrets overlap, nothing of either is left")
    func overlapping() {
        let mask = SecretMask(["abcdef", "defghi", "0123456789abcdefghij"])
        #expect(mask.masked("x abcdefghi y") == "x ****** y")
        #expect(mask.masked("0123456789abcdefghi") == "******")
    }

    @Test("any sixteen bytes of a long secret are enough to know it by")
    func fragments() {
        let secret = "correct horse battery staple, and then some"
        let mask = SecretMask([secret])
        for start in 0..<(secret.count - 16) {
            let part = secret.dropFirst(start).prefix(16)
            #expect(mask.masked("<\(part)>") == "<******>")
        }
    }

    @Test("a reason that was cut shows no beginning of a secret")
    func cutReason() {
        let mask = SecretMask(["hunter2x"])
        let result = OperationResult(outcome: .failed, reason: "exit 1: no hunter…")
        #expect(mask.masked(result).reason == "exit 1: no …")
        #expect(mask.masked(OperationResult(outcome: .failed, reason: "exit 1: no hunter")).reason.hasSuffix("hunter"))
    }

    @Test("the names of members are masked, too")
    func members() {
        let mask = SecretMask(["hunter2x"])
        #expect(mask.masked(.object(["a hunter2x": .int(1)])) == .object(["a ******": .int(1)]))
    }

    @Test("what is no secret passes as it is")
    func others() {
        let text = "all of this – ünïcode \u{0} and \r\n too – passes"
        #expect(SecretMask(["hunter2"]).masked(text) == text)
        #expect(SecretMask([]).masked(text) == text && SecretMask(["abc"]).masked("abc") == "abc")
    }
}
