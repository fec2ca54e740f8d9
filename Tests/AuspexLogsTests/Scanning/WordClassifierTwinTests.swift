import AuspexTesting
import Foundation
import Testing

@testable import AuspexLogs

/// The grammar of a word as regular expressions, in the order in which they are tried: slow and plain.
enum NaiveClassifier {
    private static let forms: [(String, TokenClass)] = [
        (#"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"#, .number),
        (#"/?\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?:/\d{1,2})?"#, .ip),
        (#"[-+]?0[xX][0-9a-fA-F]+"#, .hex),
        (#"[-+]?\d+(?:\.\d+)?(?:ns|us|ms|s|sec|secs|m|min|h|hr|d|day|days)|(?:\d+(?:\.\d+)?(?:h|ms|m|s))+"#, .duration),
        (#"[-+]?\d+(?:\.\d+)?(?:[kKMGTP]i?[bB]?(?:/s|ps)?|B|b|%)"#, .size),
        (#"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"#, .uuid),
        (#"\d{4}[-/.]\d\d[-/.]\d\d|\d\d[-/.]\d\d[-/.]\d{2,4}"#, .date),
        (#"[0-9a-fA-F]{6,}"#, .hex),
    ]
    private static let email = #"[A-Za-z0-9_.+-]+@[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+"#
    private static let weak = #"[^0-9]*[A-Za-z][0-9]{1,2}[^0-9]*"#

    private static func matches(_ word: String, _ form: String) -> Bool {
        word.range(of: "^(?:\(form))$", options: .regularExpression) != nil
    }

    /// The class of a word at the end of a line.
    static func classify(_ word: String) -> TokenClass {
        let hasDigit = word.contains { $0.isNumber }
        if hasDigit, let form = forms.first(where: { matches(word, $0.0) }) { return form.1 }
        if matches(word, email) { return .email }
        let slashes = word.count { $0 == "/" }
        if slashes > 0 {
            let isRooted = word.hasPrefix("/") && word.count > 1
            if isRooted || word.hasPrefix("./") || word.hasPrefix("~/") || slashes >= 2 || hasDigit { return .path }
        }
        let labels = word.split(separator: ".", omittingEmptySubsequences: false)
        if labels.count > 1, !word.hasPrefix("."), matches(word, "[A-Za-z0-9._-]+"), let last = labels.last,
            (Lexicon.domains + " localdomain").split(separator: " ").contains(Substring(last.lowercased()))
        {
            return .host
        }
        guard hasDigit else { return .literal }
        return matches(word, weak) ? .weakLiteral : .identifier
    }
}

@Suite struct WordClassifierTwinTests {
    @Test("the scanner's classes are those of the regular expressions", arguments: 0..<20)
    func agreesWithTwin(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let alphabets = [
            "0123456789.-+eE", "0123.x/", "1.5kKMGiBb/s%p", "12msecdayhrun.", "abcdef0123456789-", "a1@.b-_",
            "comnetorg.a-1", "/ab1~.",
        ]
        for _ in 0..<150 {
            let alphabet = Array(generator.pick(alphabets).utf8)
            let bytes = generator.bytes(Int.random(in: 2...12, using: &generator), from: alphabet)
            let word = String(decoding: bytes, as: UTF8.self)
            // Cut by rules of the line, not of the word.
            if word.contains("..") || word.hasSuffix(".") || ["--", "-", "+"].contains(word) { continue }
            let line = Array(word.utf8)
            #expect(WordClassifier.classify(line.span, 0..<line.count) == NaiveClassifier.classify(word), "\(word)")
        }
    }
}
