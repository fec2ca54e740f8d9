import Synchronization

/// The engine's own counters and gauges, as `/metrics` shows them.
///
/// A class because every part of the engine counts into the same numbers.
package final class EngineMetrics: Sendable {
    /// What is counted. The raw value is the name on `/metrics`.
    package enum Counter: String, CaseIterable, Sendable {
        case samples = "auspex_samples_received_total"
        case samplesRejected = "auspex_samples_rejected_total"
        case samplesIgnored = "auspex_samples_ignored_total"
        case logs = "auspex_log_records_received_total"
        case logsRejected = "auspex_log_records_rejected_total"
        case logsShortened = "auspex_log_records_shortened_total"
        case logsDropped = "auspex_log_records_dropped_total"
        case logConnectionsRefused = "auspex_log_connections_refused_total"
        case logConnectionsFailed = "auspex_log_connections_failed_total"
        case logFileBytes = "auspex_log_file_bytes_read_total"
        case logFileZeros = "auspex_log_file_zero_bytes_skipped_total"
        case logFilesSkipped = "auspex_log_files_skipped_total"
        case logFilesTruncated = "auspex_log_files_truncated_total"
        case logStreamsForgotten = "auspex_log_streams_forgotten_total"
        case batches = "auspex_batches_received_total"
        case batchesShed = "auspex_batches_shed_total"
        case messages = "auspex_messages_processed_total"
        case anomalies = "auspex_anomalies_total"
        case alerts = "auspex_alert_transitions_total"
        case incidents = "auspex_incident_updates_total"
        case outsideAlerts = "auspex_outside_alerts_received_total"
        case outsideAlertsRefused = "auspex_outside_alerts_refused_total"
        case healthChecks = "auspex_health_checks_received_total"
        case changes = "auspex_changes_received_total"
        case webhooksRefused = "auspex_webhooks_refused_total"
        case webhooksIgnored = "auspex_webhooks_ignored_total"
        case webhooksRepeated = "auspex_webhooks_repeated_total"
        case runs = "auspex_runs_started_total"
        case runsRefused = "auspex_runs_refused_total"
        case noticesFailed = "auspex_notices_failed_total"
        case verdicts = "auspex_verdicts_total"
        case questions = "auspex_questions_received_total"
        case questionsRefused = "auspex_questions_refused_total"
        case questionsAnswered = "auspex_questions_answered_total"
        case repliesSent = "auspex_replies_sent_total"
        case replyAttemptsFailed = "auspex_reply_attempts_failed_total"
        case repliesGivenUp = "auspex_replies_given_up_total"
        case repliesRefused = "auspex_replies_refused_total"
        case watchesPassed = "auspex_change_watches_passed_total"
        case watchesWarned = "auspex_change_watches_warned_total"
        case watchesFailed = "auspex_change_watches_failed_total"
        case watchesInconclusive = "auspex_change_watches_inconclusive_total"
        case watchesRefused = "auspex_change_watches_refused_total"
        case overrides = "auspex_gate_overrides_total"
        case overridesRefused = "auspex_gate_overrides_refused_total"
        case ruleErrors = "auspex_rule_evaluation_errors_total"
        case seriesRefused = "auspex_series_refused_total"
        case heldBack = "auspex_readings_held_back_total"
        case seriesSilent = "auspex_series_silent_total"
        case seriesForgotten = "auspex_series_forgotten_total"
        case checkpoints = "auspex_checkpoints_total"
        case outcomes = "auspex_change_outcomes_decided_total"
        case trainings = "auspex_risk_trainings_total"
        case outcomesFailed = "auspex_change_outcome_failures_total"

        /// One sentence for `# HELP`.
        var help: String {
            switch self {
            case .samples: "Samples accepted by any door."
            case .samplesRejected: "Samples refused as invalid."
            case .samplesIgnored: "Samples that arrived late or twice and were not learned."
            case .logs: "Log records accepted by any door."
            case .logsRejected: "Log records refused as invalid."
            case .logsShortened: "Log records that lost the end of their text or some attributes to a limit."
            case .logsDropped: "Log records that a listener lost because too much waited already."
            case .logConnectionsRefused: "Connections of log senders refused because there were too many."
            case .logConnectionsFailed: "Connections of log senders closed because of what they sent."
            case .logFileBytes: "Bytes of log files read."
            case .logFileZeros: "Zero bytes in log files, which are no text, passed over."
            case .logFilesSkipped: "Log files not read: no text, not readable, or too many."
            case .logFilesTruncated: "Log files that were cut off or written anew, and read again from their beginning."
            case .logStreamsForgotten: "Services whose logs were forgotten because there were too many services."
            case .batches: "Ingest requests accepted."
            case .batchesShed: "Ingest requests answered 503 because the backlog was full."
            case .messages: "Messages taken from the bus and worked in."
            case .anomalies: "Readings at or above the alert line."
            case .alerts: "Changes of an alert's state."
            case .incidents: "Changes of incidents."
            case .outsideAlerts: "Alerts of other systems accepted, repetitions included."
            case .outsideAlertsRefused: "Alerts of other systems refused as invalid, or because there were too many."
            case .healthChecks: "Outcomes of health checks accepted."
            case .changes: "Reports of changes accepted."
            case .webhooksRefused: "Webhooks refused, for their signature or their content."
            case .webhooksIgnored: "Webhooks of no use here."
            case .webhooksRepeated: "Webhooks that had been accepted before."
            case .runs: "Runs of runbooks started."
            case .runsRefused: "Runs of runbooks that a guard or a duplicate trigger held back."
            case .noticesFailed: "Notices to people that were dropped because too many others waited."
            case .verdicts: "Gate verdicts given."
            case .questions: "Questions of other systems taken in."
            case .questionsRefused: "Questions of other systems refused because too many were open."
            case .questionsAnswered: "Questions of other systems answered."
            case .repliesSent: "Replies to other systems that have arrived."
            case .replyAttemptsFailed: "Attempts at a reply that failed and are made again."
            case .repliesGivenUp: "Replies given up: refused by the receiver, or not taken for too long."
            case .repliesRefused: "News for sinks that was dropped because too many replies waited."
            case .watchesPassed: "Changes after which nothing was found to be worse."
            case .watchesWarned: "Changes after which something may be worse."
            case .watchesFailed: "Changes after which something was found to be worse."
            case .watchesInconclusive:
                "Changes of which nobody can tell what they did; those superseded are among them."
            case .watchesRefused: "Changes that were not watched because too many are at a time."
            case .overrides: "Verdicts that somebody overrode."
            case .overridesRefused: "Attempts to override a verdict that were refused."
            case .ruleErrors: "Conditions that ended in an error."
            case .seriesRefused: "New series refused because the limit on series or on their memory was reached."
            case .heldBack: "Readings beyond the alert line that among so many series were to be expected."
            case .seriesSilent: "Series that ended because their next sample was overdue."
            case .seriesForgotten: "Series forgotten because nothing came for them for too long."
            case .checkpoints: "Checkpoints saved."
            case .outcomes: "Outcomes of changes decided or corrected."
            case .trainings: "Risk models trained, those that were not put in force included."
            case .outcomesFailed: "Times that outcomes could not be looked through, or a model not be trained or read."
            }
        }
    }

    /// What goes up and down. The raw value is the name on `/metrics`.
    package enum Gauge: String, CaseIterable, Sendable {
        case series = "auspex_series"
        case seriesLight = "auspex_series_light"
        case seriesBytes = "auspex_series_memory_bytes"
        case seriesBytesLimit = "auspex_series_memory_limit_bytes"
        case backlog = "auspex_bus_backlog_messages"
        case logFiles = "auspex_log_files"
        case rules = "auspex_rules_loaded"
        case runbooks = "auspex_runbooks_loaded"
        case openIncidents = "auspex_incidents_open"
        case storm = "auspex_alert_storm"
        case questionsOpen = "auspex_questions_open"
        case repliesWaiting = "auspex_replies_waiting"
        case watches = "auspex_change_watches_running"
        case lag = "auspex_event_time_lag_seconds"
        case writesWaiting = "auspex_store_writes_waiting"

        /// One sentence for `# HELP`.
        var help: String {
            switch self {
            case .series: "Series with a detector."
            case .seriesLight: "Series watched in the light form of the detector because memory was short."
            case .seriesBytes: "Memory that the series are charged."
            case .seriesBytesLimit: "Memory that the series may be charged."
            case .backlog: "Messages stored but not yet worked in."
            case .logFiles: "Log files that are followed."
            case .rules: "Rules in force."
            case .runbooks: "Runbooks in force."
            case .openIncidents: "Incidents that are not over."
            case .storm: "1 while there is a storm of alerts, in which nothing starts by itself; else 0."
            case .questionsOpen: "Questions of other systems that are not answered yet."
            case .repliesWaiting: "Replies to other systems that have not arrived yet."
            case .watches: "Changes that are being watched."
            case .lag: "Age of the newest sample worked in."
            case .writesWaiting: "Writes that wait for the database's one writer, as of the last second."
            }
        }
    }

    private struct State {
        var counters = [Double](repeating: 0, count: Counter.allCases.count)
        var gauges: [Gauge: Double] = [:]
    }

    private let state = Mutex(State())

    /// Creates a set of zeros.
    package init() {}

    /// Adds to a counter.
    package func add(_ amount: Int = 1, to counter: Counter) {
        guard amount > 0, let index = Counter.allCases.firstIndex(of: counter) else { return }
        state.withLock { $0.counters[index] += Double(amount) }
    }

    /// Sets a gauge.
    package func set(_ gauge: Gauge, to value: Double) {
        state.withLock { $0.gauges[gauge] = value }
    }

    /// The value of a counter.
    package func value(of counter: Counter) -> Int {
        guard let index = Counter.allCases.firstIndex(of: counter) else { return 0 }
        return Int(state.withLock { $0.counters[index] })
    }

    /// Prometheus' text exposition format 0.0.4.
    package func exposition(version: String) -> String {
        let (counters, gauges) = state.withLock { ($0.counters, $0.gauges) }
        var text = "# HELP auspex_build_info The running version.\n# TYPE auspex_build_info gauge\n"
        text += "auspex_build_info{version=\"\(version)\"} 1\n"
        for (counter, value) in zip(Counter.allCases, counters) {
            text += "# HELP \(counter.rawValue) \(counter.help)\n# TYPE \(counter.rawValue) counter\n"
            text += "\(counter.rawValue) \(Int(value))\n"
        }
        for gauge in Gauge.allCases {
            text += "# HELP \(gauge.rawValue) \(gauge.help)\n# TYPE \(gauge.rawValue) gauge\n"
            text += "\(gauge.rawValue) \(gauges[gauge] ?? 0)\n"
        }
        return text
    }
}
