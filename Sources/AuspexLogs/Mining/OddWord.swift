/// Tells words that a program's author wrote from values that a program made.
enum OddWord {
    static let meanCost = 5.0
    static func isOdd(_ word: ArraySlice<UInt8>) -> Bool {
        var start = word.startIndex
        var parts = 0
        var odd = 0
        var letters = 0
        while start < word.endIndex {
            guard word[start].isASCIILetter else {
                if word[start] >= 0x80 { return false }
                start += 1
                continue
            }
            var end = start + 1
            while end < word.endIndex, word[end].isASCIILetter {
                // camel case starts a new part
                if word[end].isUpperCase, !word[end - 1].isUpperCase { break }
                end += 1
            }
            parts += 1
            letters += end - start
            if isOddPart(word[start..<end]) { odd += 1 }
            start = end
        }
        if word.count == 1 { return letters == 1 }
        return odd > 0
    }

    private static func isOddPart(_ part: ArraySlice<UInt8>) -> Bool {
        guard part.count >= 3 else { return false }
        var sum = 0
        for index in part.indices.dropFirst() {
            sum += Int(table[Int(part[index - 1] | 0x20) * 26 + Int(part[index] | 0x20) - 97 * 27])
        }
        return Double(sum) > meanCost * Double(part.count - 1)
    }

    static let table: [UInt8] = """
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
        """.utf8.filter { $0 != 10 && $0 != 32 }.map { $0 < 58 ? $0 - 48 : $0 - 87 }
}
