import AuspexChanges
import AuspexSignals

@testable import AuspexRules

/// How well a ranking names the culprit of simulated incidents.
struct BlameComparison {
    /// What a ranking puts first, how sure it is, and what is true.
    struct Answer {
        var first: String?
        var sureness: Double
        var culprit: String?
    }

    /// Precision and recall of what is named with at least some sureness.
    struct Figures: CustomStringConvertible {
        var precision: Double
        var recall: Double
        /// The share of the incidents with a culprit that have it first, however sure.
        var top1: Double
        var f1: Double { precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0 }
        var description: String { "precision \(precision), recall \(recall), top 1 \(top1), F1 \(f1)" }

        init(_ answers: [Answer], atLeast least: Double) {
            let named = answers.filter { $0.sureness >= least && $0.first != nil }
            let right = named.count { $0.first == $0.culprit }
            let caused = answers.filter { $0.culprit != nil }
            precision = Double(right) / Double(max(1, named.count))
            recall = Double(right) / Double(max(1, caused.count))
            top1 = Double(caused.count { $0.first == $0.culprit }) / Double(max(1, caused.count))
        }
    }

    static func attribution(_ simulations: [BlameSimulation], _ policy: BlamePolicy = BlamePolicy()) -> [Answer] {
        simulations.flatMap { simulation in
            simulation.questions.map { question in
                let ranking = Attribution.rank(question.candidates, for: question.faults, policy: policy)
                let first = ranking.blames.first.flatMap { $0.score > 0 ? $0 : nil }
                return Answer(
                    first: first?.change.id, sureness: first?.share ?? 0, culprit: question.incident.culprit)
            }
        }
    }

    /// The ranking of an incident's suspected changes: the largest product of age, distance, kind and outcome.
    static func suspicion(_ simulations: [BlameSimulation]) -> [Answer] {
        let suspicion = ChangeSuspicion(lookback: .hours(72))
        return simulations.flatMap { simulation in
            simulation.questions.map { question in
                let incident = question.incident
                let services = Set(incident.faults.map(\.service))
                let suspects = question.candidates.compactMap { candidate -> SuspectedChange? in
                    let near = services.compactMap { service in
                        candidate.distances[service].map { (service: service, distance: $0) }
                    }.min { ($0.distance, $0.service) < ($1.distance, $1.service) }
                    return near.flatMap {
                        suspicion.suspect(
                            candidate.change, service: $0.service, distance: $0.distance, first: incident.first)
                    }
                }.sorted { $0.precedes($1) }
                return Answer(
                    first: suspects.first?.change.id, sureness: suspects.first?.score ?? 0, culprit: incident.culprit)
            }
        }
    }

    /// The sureness from which on the answers have the best F1.
    static func bestThreshold(_ answers: [Answer]) -> Double {
        let steps = (0..<100).map { Double($0) / 100 }
        return steps.max { Figures(answers, atLeast: $0).f1 < Figures(answers, atLeast: $1).f1 } ?? 0
    }
}
