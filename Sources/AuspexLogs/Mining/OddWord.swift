/// Tells words that no author of a program or of its messages would write from those that one would: values made of
/// letters alone, such as `blk_gjfcicj`, `kqxwz` or a single letter.
///
/// A word is judged by how likely each of its letters follows the one before. The costs were counted over the 68,000
/// different words that occur at least five times in Debian's documentation and in the sources that come with Python,
/// Perl and C, and rounded to whole bits; no log was looked at. Text in other scripts is never odd.
enum OddWord {
    /// Whether the word is a single letter, or a part of it costs more than ``MergeThresholds/oddWordCost`` bits a pair.
    static func isOdd(_ word: ArraySlice<UInt8>) -> Bool {
        if word.count == 1 { return word.allSatisfy(\.isASCIILetter) }
        if word.contains(where: { $0 >= 0x80 }) { return false }
        var start = word.startIndex
        while start < word.endIndex {
            let end = endOfPart(word, start)
            if isOddPart(word[start..<end]) { return true }
            start = max(end, start + 1)
        }
        return false
    }

    /// The end of the letters from `start` on, up to a capital after a small letter.
    private static func endOfPart(_ word: ArraySlice<UInt8>, _ start: Int) -> Int {
        var end = start
        while end < word.endIndex, word[end].isASCIILetter {
            if end > start, word[end].isUpperCase, !word[end - 1].isUpperCase { break }
            end += 1
        }
        return end
    }

    private static func isOddPart(_ part: ArraySlice<UInt8>) -> Bool {
        guard part.count >= shortestPart else { return false }
        var cost = 0
        for index in part.indices.dropFirst() {
            cost += Int(costs[letter(part[index - 1]) * 26 + letter(part[index])])
        }
        return cost > MergeThresholds.oddWordCost * (part.count - 1)
    }

    private static let shortestPart = 3

    private static func letter(_ byte: UInt8) -> Int { Int(byte | 0x20) - Int(UInt8(ascii: "a")) }

    /// -log2 of the chance that the letter of a column follows that of a row, in bits, one hexadecimal digit each.
    private static let costs: [UInt8] = """
        75447757586343859343567768
        36663667357356469446377757
        37564773594467269454578879
        45642677387566468446577878
        46445567697453757334766568
        475544772a845636944447786b
        46652664489454468345477877
        276627873a7556369555586969
        55455559897452459544859695
        26553676466766358646476889
        36662665386566468545576969
        3765267829737736a755578958
        2566277839765733975657887a
        47433537486675469743567978
        6544765768644254b344455788
        375636754a646634934457785a
        55565677589556657446167878
        365527583a6555369544568959
        47463774396567447642476958
        37563684397567469345577857
        54554568597443748333888788
        265626683a8656469645877889
        265536753a7564468445787888
        56453566497656638542667567
        455646675a744443b534576767
        36662675388566469756577755
        """.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue.map(UInt8.init) }
}
