"""What an owner has in work: drafts of a process, and its forms while they are built.

designs.py keeps, judges and publishes the draft of a person; design_forms.py edits its forms, and following.py goes
after a field that is renamed. The *_choices.py say what there is to choose from; form_preview.py tries a form out.
"""
