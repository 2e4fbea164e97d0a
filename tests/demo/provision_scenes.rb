# Runs the provisioning script (PROVISION) in scenes that are rolled back; prints the results as JSON.

require "json"
require "stringio"

# Returns the script's exit code, output and errors.
def provision
  original = [$stdout, $stderr]
  $stdout = output = StringIO.new
  $stderr = errors = StringIO.new
  code = begin
    eval(PROVISION, TOPLEVEL_BINDING.dup)
    0
  rescue SystemExit => exit
    exit.status
  end
  { "code" => code, "output" => output.string.lines(chomp: true), "errors" => errors.string.lines(chomp: true) }
ensure
  $stdout, $stderr = original
end

def scene(name)
  ActiveRecord::Base.transaction do
    SCENES[name] = yield
    raise ActiveRecord::Rollback
  end
  Setting.clear_cache
end

def all_rows
  tables = ActiveRecord::Base.connection.tables.sort - %w(ar_internal_metadata schema_migrations)
  tables.to_h { |table| [table, ActiveRecord::Base.connection.select_rows("SELECT * FROM #{table}").map(&:to_s).sort] }
end

def empty_redmine
  [Issue, Journal, JournalDetail, Member, MemberRole, WorkflowRule, Tracker, IssueStatus, Enumeration, Query].each(&:delete_all)
  [CustomField, CustomValue].each(&:delete_all)
  Role.where(builtin: 0).delete_all
  Group.givable.delete_all
  User.where(login: "sup-sync").destroy_all
  %w(custom_fields_trackers custom_fields_roles).each { |table| ActiveRecord::Base.connection.execute("DELETE FROM #{table}") }
  Setting.rest_api_enabled = "0"
  Setting.notified_events = %w(issue_added issue_updated)
end

SCENES = {}
FIELD = IssueCustomField.all.index_by(&:name)

scene("again") { provision }

scene("empty") do
  empty_redmine
  first = provision
  { "first" => first, "second" => provision,
    "priorities" => IssuePriority.sorted.map { |each| [each.name, each.is_default?] },
    "events" => Setting.notified_events, "rest" => Setting.rest_api_enabled? }
end

scene("later") do
  empty_redmine
  provision
  IssueStatus.find_by(name: "Бас тартылды").destroy
  client = Role.find_by(name: "Клиент")
  WorkflowTransition.where(role: client, old_status_id: 0).delete_all
  result = provision
  result.merge("refusals" => WorkflowTransition.where(new_status: IssueStatus.find_by(name: "Бас тартылды")).count,
               "client_files" => WorkflowTransition.where(role: client, old_status_id: 0).count)
end

scene("obstacles") do
  FIELD["sup-sync"].update_columns(field_format: "int")
  IssueStatus.find_by(name: "Шешілді").update_columns(is_closed: false)
  User.find_by_login("sup-sync").update_columns(admin: true)
  Group.givable.where(lastname: "Қолдау қызметі").delete_all
  before = all_rows
  provision.merge("changed" => all_rows != before)
end

scene("unfit name") do
  Tracker.find_by(name: "Ұсыныс").update_columns(name: "Басқа")
  Group.givable.where(lastname: "Қолдау қызметі").delete_all
  before = all_rows
  result = begin
    PROVISION.gsub!("\"Ұсыныс\"", "\"#{'Ұ' * 31}\"")
    provision
  ensure
    PROVISION.gsub!("\"#{'Ұ' * 31}\"", "\"Ұсыныс\"")
  end
  result.merge("changed" => all_rows != before)
end

scene("changed") do
  FIELD["Арна"].update!(possible_values: ["Ресми хат", "Факс"], is_filter: false)
  FIELD["Мерзім күйі"].trackers = []
  FIELD["sup-sync"].update!(visible: true)
  Role.find_by(name: "sup-sync").remove_permission!(:set_notes_private)
  Role.find_by(name: "Клиент").add_permission!(:view_files)
  IssuePriority.find_by(name: "Дереу").update!(active: false, position: 1)
  bot = User.find_by_login("sup-sync")
  bot.pref.update!(auto_watch_on: ["issue_contributed_to"])
  first = provision
  [FIELD["Арна"], FIELD["sup-sync"]].each(&:reload)
  { "first" => first, "second" => provision, "channels" => FIELD["Арна"].possible_values,
    "seen_by" => FIELD["sup-sync"].roles.map(&:name).sort, "is_seen_by_all" => FIELD["sup-sync"].visible?,
    "client_may" => Role.find_by(name: "Клиент").permissions,
    "priorities" => IssuePriority.active.sorted.pluck(:name), "watches" => User.find(bot.id).pref.auto_watch_on }
end

puts JSON.generate(SCENES)
