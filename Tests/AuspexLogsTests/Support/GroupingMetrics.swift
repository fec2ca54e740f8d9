/// How well lines were grouped and their templates written, by the field's definitions.
struct GroupingMetrics {
    /// Grouping accuracy: the share of lines whose group equals, as a set of lines, a true group (Zhu et al., ICSE
    /// 2019).
    var ga = 0.0
    /// F1 over groups of the same (Jiang et al., ISSTA 2024).
    var fga = 0.0
    /// Parsing accuracy: the share of lines with the true template, character by character.
    var pa = 0.0
    /// F1 over templates: a predicted template is right if all its lines truly have it.
    var fta = 0.0
    var predictedGroups = 0
    var trueGroups = 0

    init<Truth: Hashable, Prediction: Hashable>(_ truth: [Truth], _ prediction: [Prediction]) {
        let predicted = Dictionary(grouping: prediction.indices) { prediction[$0] }
        let real = Dictionary(grouping: truth.indices) { truth[$0] }
        predictedGroups = predicted.count
        trueGroups = real.count
        let right = real.values.filter { lines in
            lines.first.flatMap { predicted[prediction[$0]] } == lines
        }
        ga = Double(right.reduce(0) { $0 + $1.count }) / Double(truth.count)
        fga = Self.harmonic(Double(right.count) / Double(predicted.count), Double(right.count) / Double(real.count))
    }

    init(texts truth: [String], _ prediction: [String]) {
        self.init(truth, prediction)
        pa = Double(truth.indices.count { truth[$0] == prediction[$0] }) / Double(truth.count)
        let predicted = Dictionary(grouping: prediction.indices) { prediction[$0] }
        let right = Double(predicted.count { text, lines in lines.allSatisfy { truth[$0] == text } })
        fta = Self.harmonic(right / Double(predictedGroups), right / Double(trueGroups))
    }

    private static func harmonic(_ left: Double, _ right: Double) -> Double {
        left + right > 0 ? 2 * left * right / (left + right) : 0
    }
}
