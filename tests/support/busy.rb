# encoding: utf-8
# Files the requests of a test (end_to_end/test_odd_third.py) with what people did, at their times.

require "json"

wanted = JSON.parse(<<'WANTED')
@WANTED@
WANTED

def at(text)
  Time.zone.parse(text)
end

ActiveRecord::Base.transaction do
  users = User.all.index_by(&:login)
  projects = Project.all.index_by(&:identifier)
  fields = wanted["fields"].to_h do |each|
    field = IssueCustomField.find_by(name: each["name"]) || IssueCustomField.create!(
      name: each["name"], field_format: each["values"] ? "list" : "string", possible_values: each["values"] || [],
      is_for_all: true, trackers: Tracker.all.to_a
    )
    [field.name, field]
  end
  versions = wanted["versions"].to_h do |each|
    version = Version.create!(project: projects[each["project"]], name: each["name"], effective_date: each["due_on"])
    [version.name, version]
  end

  wanted["requests"].each do |each|
    User.current = users[each["author"]]
    issue = Issue.new(project: projects[each["project"]], tracker: Tracker.find_by(name: each["tracker"]),
                      author: User.current, priority: IssuePriority.find_by(name: each["priority"]),
                      subject: each["subject"], status: IssueStatus.find_by(name: wanted["first_status"]),
                      start_date: at(each["at"]).to_date)
    available = issue.available_custom_fields.index_by(&:name)
    issue.custom_field_values = each["values"].select { |name, _| available[name] }.transform_keys { |name| available[name].id.to_s }
    issue.save!(validate: false)
    issue.update_columns(created_on: at(each["at"]), updated_on: at(each["at"]))
    each["steps"].each do |step|
      issue.reload
      User.current = users[step["login"]]
      journal = issue.init_journal(User.current, step["notes"])
      issue.status = IssueStatus.find_by(name: step["status"]) if step["status"]
      issue.fixed_version = versions[step["version"]] if step["version"]
      issue.custom_field_values = step["values"].transform_keys { |name| available[name].id.to_s } if step["values"]
      issue.save!(validate: false)
      Journal.where(journalized_type: "Issue", journalized_id: issue.id).order(:id).last.update_columns(created_on: at(step["at"]))
      issue.update_columns(updated_on: at(step["at"]))
    end
  end
end
