import AuspexRules
import AuspexRunbooks
import AuspexSignals

/// What the detectors and rules say of what a verification asks about.
struct Observations: ObservationSource {
    let detection: DetectionStage
    let alerts: any AlertStore
    let library: CurrentLibrary

    func observe(_ verification: Verification) async throws -> Observation {
        var observation = Observation()
        for (name, selector) in verification.readings {
            observation.readings[name] = detection.series(named: selector.metric, with: selector.labels)
                .compactMap { watched in
                    watched.latest.map { reading in
                        Observation.SeriesReading(
                            labels: watched.labels, reading: reading, hasEnded: watched.hasEnded)
                    }
                }
        }
        for selector in verification.clearAlerts {
            observation.alerts.append(try await state(of: selector))
        }
        return observation
    }

    /// The worst state of the rule's open alerts. A rule that does not exist is not clear but unknown.
    private func state(of selector: Verification.AlertSelector) async throws -> Observation.AlertReading {
        guard library.value.rules[selector.rule] != nil else {
            return Observation.AlertReading(state: .unknown, evaluatedAt: nil)
        }
        let open = try await alerts.alerts(
            matching: AlertFilter(states: [.pending, .firing], rule: selector.rule, limit: .max)
        ).filter { alert in selector.labels.allSatisfy { alert.labels[$0.key] == $0.value } }
        let state: Observation.AlertReading.State =
            open.contains { $0.state == .firing } ? .firing : open.isEmpty ? .clear : .pending
        return Observation.AlertReading(state: state, evaluatedAt: detection.newestReading)
    }
}
